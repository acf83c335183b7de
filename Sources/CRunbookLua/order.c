#include "internal.h"

// Lua's tables have no order. A table that was read from a text whose names are not ascending has the list of its names
// here, so that it can be written again as it was: a changed values.yaml then differs in what was changed only.

static char orders_key;

void rb_keep_order(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &orders_key);
    lua_pushvalue(L, -3);
    lua_pushvalue(L, -3);
    lua_rawset(L, -3);
    lua_pop(L, 2);
}

bool rb_push_order(lua_State *L, int32_t index) {
    lua_pushvalue(L, index);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &orders_key);
    lua_insert(L, -2);
    bool known = lua_rawget(L, -2) == LUA_TTABLE;
    lua_remove(L, -2);
    if (!known) lua_pop(L, 1);
    return known;
}

void rb_open_order(lua_State *L) {
    lua_newtable(L);
    lua_newtable(L);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &orders_key);
}
