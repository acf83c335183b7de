#include "internal.h"

#include <string.h>

// The standard library without what reaches outside the state, and with the functions replaced that a stop, a host call
// or the collector must be able to rely on.

static int load_text(lua_State *L) {
    // Stock load takes bytecode unless told otherwise, and bytecode can corrupt memory.
    lua_settop(L, 4);
    lua_pushliteral(L, "t");
    lua_replace(L, 3);
    int arguments = lua_isnil(L, 4) ? 3 : 4;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_settop(L, arguments + 1);
    lua_call(L, arguments, LUA_MULTRET);
    return lua_gettop(L);
}

static int set_metatable(lua_State *L) {
    // Lua switches hooks off while a finalizer runs, so a script's own could not be stopped.
    luaL_checktype(L, 1, LUA_TTABLE);
    if (lua_type(L, 2) == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not available; use a <close> variable");
        lua_pop(L, 1);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

static int handle_error(lua_State *L) {
    // A script's handler would run inside the raise of a stop, with hooks off.
    if (rb_must_stop(rb_context_of(L))) return 1;
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int finish_xpcall(lua_State *L, int status, lua_KContext skipped) {
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)skipped;
}

static int xpcall(lua_State *L) {
    int count = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, handle_error, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    int status = lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish_xpcall);
    return finish_xpcall(L, status, 2);
}

static int collect_garbage(lua_State *L) {
    const char *option = luaL_optstring(L, 1, "count");
    if (strcmp(option, "count") != 0) return luaL_error(L, "collectgarbage: only \"count\" is available");
    lua_pushnumber(L, (lua_Number)rb_context_of(L)->used / 1024.0);
    return 1;
}

// MARK: coroutines that let a host call through

static int continue_resume(lua_State *L, int status, lua_KContext arguments);

static lua_State *coroutine_at_1(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co != NULL, 1, "coroutine");
    return co;
}

// Runs `co`; answers with a count of results on L, or -1 with an error value on L, or suspends L along with `co`.
static int resume(lua_State *L, lua_State *co, int arguments) {
    rb_context *context = rb_context_of(L);
    if (lua_status(co) == LUA_OK && lua_gettop(co) == arguments) {
        lua_pushliteral(L, "cannot resume dead coroutine");
        return -1;
    }
    int results = 0;
    lua_State *outer = context->innermost;
    context->innermost = co;
    int status = lua_resume(co, L, arguments, &results);
    context->innermost = outer;
    if (rb_must_stop(context)) return rb_raise_stop(L);
    if (status == LUA_YIELD && results == 1 && lua_touserdata(co, -1) == &rb_suspension) {
        lua_pop(co, 1);
        if (!lua_isyieldable(L)) return luaL_error(L, "a host call cannot wait here");
        lua_pushlightuserdata(L, &rb_suspension);
        return lua_yieldk(L, 1, 0, continue_resume);
    }
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        return -1;
    }
    if (!lua_checkstack(L, results + 1)) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, results);
    return results;
}

// Slot 1 of the frame holds the coroutine, slot 2 tells wrap (true) from resume.
static int deliver(lua_State *L, int results) {
    bool is_wrap = lua_toboolean(L, 2);
    if (results < 0) {
        if (is_wrap) {
            lua_State *co = lua_tothread(L, 1);
            int status = lua_status(co);
            if (status != LUA_OK && status != LUA_YIELD) lua_resetthread(co);
            return lua_error(L);
        }
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    if (is_wrap) return results;
    lua_pushboolean(L, 1);
    lua_insert(L, -(results + 1));
    return results + 1;
}

static int continue_resume(lua_State *L, int status, lua_KContext unused) {
    (void)status;
    (void)unused;
    lua_settop(L, 2);
    return deliver(L, resume(L, lua_tothread(L, 1), 0));
}

static int start_resume(lua_State *L, bool is_wrap) {
    lua_State *co = coroutine_at_1(L);
    int arguments = lua_gettop(L) - 1;
    if (!lua_checkstack(co, arguments)) return luaL_error(L, "too many arguments to resume");
    lua_xmove(L, co, arguments);
    lua_pushboolean(L, is_wrap);
    return deliver(L, resume(L, co, arguments));
}

static int coroutine_resume(lua_State *L) { return start_resume(L, false); }

static int call_wrapped(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    return start_resume(L, true);
}

static int coroutine_wrap(lua_State *L) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, call_wrapped, 1);
    return 1;
}

// MARK: texts with opaque objects in them

static int string_format(lua_State *L) {
    rb_context *context = rb_context_of(L);
    int count = lua_gettop(L);
    for (int index = 1; index <= count; index++) {
        if (lua_type(L, index) == LUA_TUSERDATA) return rb_invoke(L, context->format_function);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, count, 1);
    return 1;
}

static int table_concat(lua_State *L) {
    rb_context *context = rb_context_of(L);
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer first = luaL_optinteger(L, 3, 1);
    lua_Integer last = luaL_opt(L, luaL_checkinteger, 4, (lua_Integer)lua_rawlen(L, 1));
    bool has_object = lua_type(L, 2) == LUA_TUSERDATA;
    for (lua_Integer index = first; index <= last && !has_object; index++) {
        has_object = lua_rawgeti(L, 1, index) == LUA_TUSERDATA;
        lua_pop(L, 1);
    }
    if (has_object) return rb_invoke(L, context->concat_function);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 1);
    return 1;
}

// ipairs would never end on a value whose every index exists; an object answers as it does for pairs.
static int ipairs_or_object(lua_State *L) {
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TUSERDATA && luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, 3);
    return 3;
}

// MARK: opening

static void remove_fields(lua_State *L, const char *const *names) {
    for (; *names != NULL; names++) {
        lua_pushnil(L);
        lua_setfield(L, -2, *names);
    }
}

// Replaces field `name` of the table on top by `wrapper`, which finds the original in its upvalue.
static void wrap_field(lua_State *L, const char *name, lua_CFunction wrapper) {
    lua_getfield(L, -1, name);
    lua_pushcclosure(L, wrapper, 1);
    lua_setfield(L, -2, name);
}

static void set_function(lua_State *L, const char *name, lua_CFunction function) {
    lua_pushcfunction(L, function);
    lua_setfield(L, -2, name);
}

void rb_open_base(lua_State *L) {
    luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
    static const char *const outside[] = {"dofile", "loadfile", "print", "warn", NULL};
    remove_fields(L, outside);
    wrap_field(L, "load", load_text);
    wrap_field(L, "setmetatable", set_metatable);
    wrap_field(L, "ipairs", ipairs_or_object);
    set_function(L, "xpcall", xpcall);
    set_function(L, "collectgarbage", collect_garbage);

    luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
    set_function(L, "resume", coroutine_resume);
    set_function(L, "wrap", coroutine_wrap);

    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    wrap_field(L, "concat", table_concat);

    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    static const char *const bytecode[] = {"dump", NULL};
    remove_fields(L, bytecode);
    wrap_field(L, "format", string_format);
    lua_pushliteral(L, "");
    lua_getmetatable(L, -1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 2);

    luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
    luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);

    luaL_requiref(L, LUA_OSLIBNAME, luaopen_os, 1);
    static const char *const system[] = {
        "execute", "exit", "getenv", "remove", "rename", "setlocale", "tmpname", NULL,
    };
    remove_fields(L, system);
    lua_settop(L, 0);
}
