#include "internal.h"

#include <stdlib.h>
#include <string.h>

char rb_suspension;

bool rb_is_waiting(lua_State *co) {
    if (lua_status(co) != LUA_YIELD || rb_was_stopped(co)) return false;
    return lua_gettop(co) > 0 && lua_touserdata(co, -1) == &rb_suspension;
}

// Debian 12 ships Lua 5.4.4; lua_closethread came with 5.4.6.
int rb_close_coroutine(rb_context *context, lua_State *co, lua_State *from) {
    // A stop that ended it by an error of its hook left its hooks switched off: what it runs now could not be stopped again.
    if (rb_was_stopped(co) && lua_status(co) > LUA_YIELD) return LUA_ERRRUN;
    rb_frame before = rb_enter(context, context->current, co);
    if (rb_stop_asked(context)) rb_arm(co);
    context->blocked++;
#if LUA_VERSION_RELEASE_NUM >= 50406
    int status = lua_closethread(co, from);
#else
    (void)from;
    int status = lua_resetthread(co);
#endif
    rb_leave(context, before);
    return status;
}

// MARK: the function that each coroutine starts with

// Keeps the traceback of an error that nothing catches, in its own upvalue.
static int note_error(lua_State *L) {
    rb_context *context = rb_context_of(L);
    if (rb_stop_asked(context)) return 1;
    rb_relax(context, true);
    luaL_traceback(L, L, NULL, 1);
    static const char base[] = "\n\t[C]: in ?";  // `body` itself
    size_t length;
    const char *text = lua_tolstring(L, -1, &length);
    size_t end = sizeof base - 1;
    if (length >= end && memcmp(text + length - end, base, end) == 0) lua_pushlstring(L, text, length - end);
    lua_replace(L, lua_upvalueindex(1));
    rb_relax(context, false);
    lua_settop(L, 1);
    return 1;
}

static int finish_body(lua_State *L, int status, lua_KContext unused) {
    (void)unused;
    rb_thread *thread = rb_context_of(L)->current;
    thread->status = status == LUA_YIELD ? LUA_OK : status;
    if (thread->status != LUA_OK) {
        lua_getupvalue(L, 1, 1);
        return 2;
    }
    return lua_gettop(L) - 1;
}

// Catches errors inside the coroutine: to-be-closed variables run where they can wait, and hooks are on again.
static int body(lua_State *L) {
    lua_pushnil(L);
    lua_pushcclosure(L, note_error, 1);
    lua_insert(L, 1);
    int status = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 1, 0, finish_body);
    return finish_body(L, status, 0);
}

// MARK: life of a coroutine

rb_thread *rb_thread_create(rb_context *context) {
    rb_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL) return NULL;
    rb_relax(context, true);
    thread->L = lua_newthread(context->main);
    thread->reference = luaL_ref(context->main, LUA_REGISTRYINDEX);
    lua_pushcfunction(thread->L, body);
    rb_relax(context, false);
    return thread;
}

typedef struct {
    rb_thread *thread;
    int arguments;
    int results;
    int status;
} execution;

// Both run under a protected call of the main thread: where Lua raises an error on a coroutine that no one protects
// (as lua_resume does for its own errors), it goes to the main thread, and ends the process when that has no handler.
static int execute(lua_State *main) {
    execution *run = lua_touserdata(main, 1);
    if (rb_is_waiting(run->thread->L)) lua_pop(run->thread->L, 1);
    run->status = lua_resume(run->thread->L, main, run->arguments, &run->results);
    return 0;
}

static int close_suspended(lua_State *main) {
    execution *run = lua_touserdata(main, 1);
    rb_context *context = rb_context_of(main);
    rb_begin_closing(context);
    rb_close_coroutine(context, run->thread->L, main);
    return 0;
}

static int protect(rb_context *context, lua_CFunction function, execution *run) {
    rb_frame before = rb_enter(context, run->thread, run->thread->L);
    int status = LUA_OK;
    // Only now: a stop before this moment found nothing to signal.
    if (function != execute || !rb_must_stop(context)) {
        lua_pushcfunction(context->main, function);
        lua_pushlightuserdata(context->main, run);
        status = lua_pcall(context->main, 1, 0, 0);
        if (status != LUA_OK) {
            lua_pop(context->main, 1);
            run->thread->is_broken = true;
            run->status = status;
        }
    }
    rb_leave(context, before);
    return status;
}

void rb_thread_destroy(rb_context *context, rb_thread *thread) {
    if (lua_status(thread->L) == LUA_YIELD && !thread->is_broken) {
        execution run = {.thread = thread};
        protect(context, close_suspended, &run);
    }
    luaL_unref(context->main, LUA_REGISTRYINDEX, thread->reference);
    free(thread);
}

lua_State *rb_thread_state(rb_thread *thread) { return thread->L; }

static bool is_stopped(rb_context *context, rb_thread *thread) {
    return atomic_load(&context->stop) || atomic_load(&thread->stop);
}

int32_t rb_thread_run(rb_context *context, rb_thread *thread, int32_t arguments, int32_t *results) {
    // `body` takes the function as its first argument.
    execution run = {.thread = thread, .arguments = thread->is_started ? 0 : arguments + 1, .status = LUA_ERRRUN};
    *results = 0;
    if (is_stopped(context, thread)) return RB_STOPPED;
    thread->is_started = true;
    protect(context, execute, &run);
    if (run.status == LUA_YIELD) return rb_is_waiting(thread->L) ? RB_SUSPENDED : RB_STOPPED;
    int status = run.status == LUA_OK ? thread->status : run.status;
    // Also when it has returned: it may have done so because the stop went through a protected call as an error.
    if (is_stopped(context, thread)) return RB_STOPPED;
    if (status == LUA_OK) {
        *results = run.results;
        return RB_DONE;
    }
    return status == LUA_ERRMEM || run.status != LUA_OK ? RB_NO_MEMORY : RB_FAILED;
}
