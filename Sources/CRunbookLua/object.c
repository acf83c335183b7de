#include "internal.h"

#include <stdlib.h>

// An opaque object is a userdata with an identity of the host's. Its metatable is locked, so a script can neither read
// nor change it; the collector notes a freed identity and never runs Swift.

typedef struct {
    int32_t kind;
    uint64_t identity;
} object;

static char metatables_key;
static const char *const object_mark = "rb_object";

static void push_metatables(lua_State *L) { lua_rawgetp(L, LUA_REGISTRYINDEX, &metatables_key); }

static object *as_object(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return NULL;
    lua_pushlightuserdata(L, (void *)object_mark);
    int type = lua_rawget(L, -2);
    lua_pop(L, 2);
    return type == LUA_TBOOLEAN ? lua_touserdata(L, index) : NULL;
}

static int collect(lua_State *L) {
    object *freed = as_object(L, 1);
    rb_context *context = rb_context_of(L);
    if (freed == NULL) return 0;
    if (context->dead_count == context->dead_capacity) {
        size_t capacity = context->dead_capacity == 0 ? 64 : context->dead_capacity * 2;
        uint64_t *grown = realloc(context->dead, capacity * sizeof *grown);
        if (grown == NULL) return 0;
        context->dead = grown;
        context->dead_capacity = capacity;
    }
    context->dead[context->dead_count++] = freed->identity;
    return 0;
}

// obj.field reads the table that the object carries.
static int read_field(lua_State *L) {
    if (lua_getiuservalue(L, 1, 1) != LUA_TTABLE) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    return 1;
}

void rb_define_object(lua_State *L, int32_t kind) {
    lua_pushlightuserdata(L, (void *)object_mark);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    if (lua_getfield(L, -1, "__index") == LUA_TNIL) {
        lua_pushcfunction(L, read_field);
        lua_setfield(L, -3, "__index");
    }
    lua_pop(L, 1);
    push_metatables(L);
    lua_insert(L, -2);
    lua_rawseti(L, -2, kind);
    lua_pop(L, 1);
}

void rb_push_object(lua_State *L, int32_t kind, uint64_t identity, bool has_fields) {
    object *created = lua_newuserdatauv(L, sizeof *created, 1);
    created->kind = kind;
    created->identity = identity;
    if (has_fields) {
        lua_insert(L, -2);
        lua_setiuservalue(L, -2, 1);
    }
    push_metatables(L);
    lua_rawgeti(L, -1, kind);
    lua_setmetatable(L, -3);
    lua_pop(L, 1);
}

void rb_push_fields(lua_State *L, int32_t index) { lua_getiuservalue(L, index, 1); }

bool rb_get_object(lua_State *L, int32_t index, int32_t *kind, uint64_t *identity) {
    object *found = as_object(L, index);
    if (found == NULL) return false;
    *kind = found->kind;
    *identity = found->identity;
    return true;
}

bool rb_take_dead_object(rb_context *context, uint64_t *identity) {
    if (context->dead_count == 0) return false;
    *identity = context->dead[--context->dead_count];
    return true;
}

void rb_open_objects(lua_State *L) {
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &metatables_key);
}
