#include "internal.h"

#include <stdlib.h>

char rb_suspension;

void rb_enter(rb_context *context);
void rb_leave(rb_context *context);

// Debian 12 ships Lua 5.4.4; lua_closethread came with 5.4.6.
static int close_coroutine(lua_State *L, lua_State *from) {
#if LUA_VERSION_RELEASE_NUM >= 50406
    return lua_closethread(L, from);
#else
    (void)from;
    return lua_resetthread(L);
#endif
}

rb_thread *rb_thread_create(rb_context *context) {
    rb_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL) return NULL;
    rb_relax(context, true);
    thread->L = lua_newthread(context->main);
    thread->reference = luaL_ref(context->main, LUA_REGISTRYINDEX);
    rb_relax(context, false);
    return thread;
}

void rb_thread_destroy(rb_context *context, rb_thread *thread) {
    rb_thread *outer = context->current;
    context->current = thread;
    context->innermost = thread->L;
    rb_enter(context);
    close_coroutine(thread->L, context->main);
    rb_leave(context);
    context->current = outer;
    context->innermost = NULL;
    luaL_unref(context->main, LUA_REGISTRYINDEX, thread->reference);
    free(thread);
}

lua_State *rb_thread_state(rb_thread *thread) { return thread->L; }

int32_t rb_thread_run(rb_context *context, rb_thread *thread, int32_t arguments, int32_t *results) {
    lua_State *L = thread->L;
    *results = 0;
    context->current = thread;
    if (rb_must_stop(context)) {
        context->current = NULL;
        return RB_STOPPED;
    }
    context->innermost = L;
    rb_enter(context);
    int status = lua_resume(L, context->main, arguments, results);
    rb_leave(context);
    bool stopped = rb_must_stop(context);
    context->innermost = NULL;
    context->current = NULL;
    switch (status) {
        case LUA_OK: return RB_DONE;
        case LUA_YIELD:
            if (*results == 1 && lua_touserdata(L, -1) == &rb_suspension) {
                lua_pop(L, 1);
                *results = 0;
                return RB_SUSPENDED;
            }
            return RB_FOREIGN_YIELD;
        case LUA_ERRMEM: return RB_NO_MEMORY;
        default: return stopped ? RB_STOPPED : RB_FAILED;
    }
}

void rb_thread_traceback(rb_thread *thread) { luaL_traceback(thread->L, thread->L, NULL, 0); }
