#include "internal.h"

#include <string.h>

// The standard library without what reaches outside the state, and with the functions replaced that a stop, a host call
// or the collector must be able to rely on.

// A wrapper runs the stock function in its own frame, so that messages and positions are those of a direct call.
static int stock(lua_State *L) { return lua_tocfunction(L, lua_upvalueindex(1))(L); }

static int load_text(lua_State *L) {
    // Stock load takes bytecode unless told otherwise, and bytecode can corrupt memory.
    bool takes_text = strchr(luaL_optstring(L, 3, "t"), 't') != NULL;
    if (lua_gettop(L) < 3) lua_settop(L, 3);
    lua_pushstring(L, takes_text ? "t" : "");
    lua_replace(L, 3);
    return stock(L);
}

static int set_metatable(lua_State *L) {
    // Lua switches hooks off while a finalizer runs, so a script's own could not be stopped.
    if (lua_type(L, 2) == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL) return luaL_error(L, "__gc is not available; use a <close> variable");
        lua_pop(L, 1);
    }
    return stock(L);
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

// MARK: texts with opaque objects in them

static int string_format(lua_State *L) {
    rb_context *context = rb_context_of(L);
    int count = context->format_function < 0 ? 0 : lua_gettop(L);
    for (int index = 1; index <= count; index++) {
        if (lua_type(L, index) == LUA_TUSERDATA) return rb_invoke(L, context->format_function);
    }
    return stock(L);
}

static bool has_object(lua_State *L) {
    if (lua_type(L, 2) == LUA_TUSERDATA) return true;
    lua_Integer first = luaL_optinteger(L, 3, 1);
    lua_Integer last = luaL_opt(L, luaL_checkinteger, 4, (lua_Integer)lua_rawlen(L, 1));
    if (first > last) return false;
    // Ends where the stock function ends: at the first value that is no text. The range may be any two integers.
    for (lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;; count--) {
        int type = lua_rawgeti(L, 1, first);
        lua_pop(L, 1);
        if (type == LUA_TUSERDATA) return true;
        if ((type != LUA_TSTRING && type != LUA_TNUMBER) || count == 0) return false;
        first++;
    }
}

static int table_concat(lua_State *L) {
    rb_context *context = rb_context_of(L);
    bool is_ours = context->concat_function >= 0 && lua_type(L, 1) == LUA_TTABLE;
    if (is_ours && has_object(L)) return rb_invoke(L, context->concat_function);
    return stock(L);
}

static int string_repeat(lua_State *L) {
    // The stock function copies nothing n times, which no hook can end.
    bool is_empty = lua_type(L, 1) == LUA_TSTRING && lua_rawlen(L, 1) == 0;
    int is_count = 0;
    lua_tointegerx(L, 2, &is_count);
    if (!is_empty || !is_count || !lua_isnoneornil(L, 3)) return stock(L);
    lua_settop(L, 1);
    return 1;
}

// ipairs would never end on a value whose every index exists; an object answers as it does for pairs.
static int ipairs_or_object(lua_State *L) {
    if (lua_type(L, 1) != LUA_TUSERDATA || luaL_getmetafield(L, 1, "__pairs") == LUA_TNIL) return stock(L);
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
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

void rb_set_function(lua_State *L, const char *name, lua_CFunction function) {
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
    rb_set_function(L, "xpcall", xpcall);
    rb_set_function(L, "collectgarbage", collect_garbage);

    luaL_requiref(L, LUA_TABLIBNAME, luaopen_table, 1);
    wrap_field(L, "concat", table_concat);

    luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
    static const char *const bytecode[] = {"dump", NULL};
    remove_fields(L, bytecode);
    wrap_field(L, "format", string_format);
    wrap_field(L, "rep", string_repeat);
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
