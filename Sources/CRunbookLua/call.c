#include "internal.h"

#include <string.h>

// Over the cap after Swift pushed its results: collect once, then fail at the call like any allocation.
static void check_memory(lua_State *L, rb_context *context) {
    if (context->limit == 0 || context->used <= context->limit) return;
    lua_gc(L, LUA_GCCOLLECT);
    if (context->used > context->limit) rb_raise_memory(L);
}

// An error object keeps where it was first raised: a script that catches it with pcall would lose it otherwise.
static void note_traceback(lua_State *L) {
    if (lua_type(L, -1) != LUA_TUSERDATA) return;
    if (lua_getiuservalue(L, -1, 1) == LUA_TTABLE) {
        lua_pushliteral(L, "traceback");
        if (lua_rawget(L, -2) == LUA_TNIL) {
            luaL_traceback(L, L, NULL, 1);
            lua_setfield(L, -3, "traceback");
        }
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static int finish(lua_State *L, int32_t verdict) {
    rb_context *context = rb_context_of(L);
    if (rb_must_stop(context)) return rb_end_by_stop(L);
    check_memory(L, context);
    if (verdict >= 0) return verdict;
    if (verdict == RB_MEMORY) return rb_raise_memory(L);
    note_traceback(L);
    return lua_error(L);
}

static int continue_call(lua_State *L, int status, lua_KContext unused) {
    (void)status;
    (void)unused;
    rb_context *context = rb_context_of(L);
    lua_settop(L, 0);
    rb_relax(context, true);
    int32_t verdict = context->reply(context->host, L);
    rb_relax(context, false);
    return finish(L, verdict);
}

int rb_invoke(lua_State *L, int32_t function) {
    rb_context *context = rb_context_of(L);
    // A script that is to stop does nothing more to the world, even before its hook has fired.
    if (rb_must_stop(context)) return rb_end_by_stop(L);
    rb_relax(context, true);
    int32_t verdict = context->call(context->host, L, function);
    rb_relax(context, false);
    if (verdict != RB_YIELD) return finish(L, verdict);
    if (rb_must_stop(context)) return rb_end_by_stop(L);
    lua_settop(L, 0);
    lua_pushlightuserdata(L, &rb_suspension);
    return lua_yieldk(L, 1, 0, continue_call);
}

bool rb_can_wait(lua_State *L) {
    rb_context *context = rb_context_of(L);
    return lua_isyieldable(L) && context->blocked == 0 && !rb_stop_asked(context);
}

static int dispatch(lua_State *L) { return rb_invoke(L, (int32_t)lua_tointeger(L, lua_upvalueindex(1))); }

void rb_push_function(lua_State *L, int32_t function) {
    lua_pushinteger(L, function);
    lua_pushcclosure(L, dispatch, 1);
}

int32_t rb_load(lua_State *L, const char *text, size_t length, const char *name) {
    return luaL_loadbufferx(L, text, length, name, "t");
}

int32_t rb_anchor(lua_State *L) { return luaL_ref(L, LUA_REGISTRYINDEX); }

void rb_push_anchored(lua_State *L, int32_t reference) { lua_rawgeti(L, LUA_REGISTRYINDEX, reference); }

void rb_release(rb_context *context, int32_t reference) {
    luaL_unref(context->main, LUA_REGISTRYINDEX, reference);
}

int32_t rb_where(lua_State *L, int32_t level, char *chunk, size_t capacity) {
    lua_Debug frame;
    for (int depth = level; lua_getstack(L, depth, &frame); depth++) {
        // A name in brackets is no file: C, text that was loaded, the host's own Lua.
        if (lua_getinfo(L, "Sl", &frame) && frame.currentline > 0 && frame.short_src[0] != '[') {
            strncpy(chunk, frame.short_src, capacity - 1);
            chunk[capacity - 1] = '\0';
            return frame.currentline;
        }
    }
    return 0;
}

void rb_name_module(lua_State *L, const char *name) {
    lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_pushvalue(L, -2);
    lua_setfield(L, -2, name);
    lua_pop(L, 1);
}

void rb_set_text_functions(rb_context *context, int32_t format, int32_t concat) {
    context->format_function = format;
    context->concat_function = concat;
}
