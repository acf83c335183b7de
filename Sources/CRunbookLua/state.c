#include "internal.h"

#include <stdlib.h>

// A size that no allocation is granted: asking for it raises the memory error.
static const size_t impossible_size = SIZE_MAX / 4;

// Growth only is denied: Lua may not fail when it shrinks or frees. While Swift runs (`relaxed`) nothing is denied,
// since an error raised there would cross its frames; the trampoline checks the cap once Swift has returned.
static void *allocate(void *ud, void *block, size_t old_size, size_t new_size) {
    rb_context *context = ud;
    size_t counted = block == NULL ? 0 : old_size;
    if (new_size == 0) {
        free(block);
        context->used -= counted;
        return NULL;
    }
    if (new_size >= impossible_size) return NULL;
    if (new_size > counted && context->limit != 0 && context->relaxed == 0) {
        size_t growth = new_size - counted;
        if (context->used > context->limit || growth > context->limit - context->used) return NULL;
    }
    void *result = realloc(block, new_size);
    if (result != NULL) context->used = context->used - counted + new_size;
    return result;
}

int rb_raise_memory(lua_State *L) {
    lua_newuserdatauv(L, impossible_size, 0);
    return 0;
}

static int open_libraries(lua_State *L) {
    rb_open_base(L);
    rb_open_coroutines(L);
    rb_open_objects(L);
    rb_open_json(L);
    rb_open_order(L);
    return 0;
}

rb_context *rb_create(size_t memory_limit, void *host, rb_call call, rb_reply reply) {
    rb_context *context = calloc(1, sizeof *context);
    if (context == NULL) return NULL;
    context->host = host;
    context->call = call;
    context->reply = reply;
    context->format_function = -1;
    context->concat_function = -1;
    context->main = lua_newstate(allocate, context);
    if (context->main == NULL) {
        free(context);
        return NULL;
    }
    *(rb_context **)lua_getextraspace(context->main) = context;
    lua_pushcfunction(context->main, open_libraries);
    if (lua_pcall(context->main, 0, 0, 0) != LUA_OK) {
        rb_destroy(context);
        return NULL;
    }
    context->limit = memory_limit;
    return context;
}

void rb_destroy(rb_context *context) {
    lua_close(context->main);
    free(context->dead);
    free(context);
}

lua_State *rb_main(rb_context *context) { return context->main; }

size_t rb_memory_used(rb_context *context) { return context->used; }

void rb_collect(rb_context *context) { lua_gc(context->main, LUA_GCCOLLECT); }

void rb_relax(rb_context *context, bool relaxed) { context->relaxed += relaxed ? 1 : -1; }

void rb_pop(lua_State *L, int32_t count) { lua_pop(L, count); }

void rb_push_globals(lua_State *L) { lua_pushglobaltable(L); }
