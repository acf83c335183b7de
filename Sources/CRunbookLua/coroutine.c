#include "internal.h"

// Coroutines that let a host call through: when one that a script made waits for the host, so does the one that resumed
// it, up to the one that the host drives. Meanwhile it counts as running: no other may resume or close it, or a reply
// would reach the wrong call.

typedef enum { RUNNING, DEAD, SUSPENDED, NORMAL } state;
static const char *const state_names[] = {"running", "dead", "suspended", "normal"};

static state state_of(lua_State *L, lua_State *co) {
    lua_Debug frame;
    if (L == co) return RUNNING;
    if (rb_was_stopped(co)) return DEAD;
    switch (lua_status(co)) {
        case LUA_YIELD: return rb_is_waiting(co) ? NORMAL : SUSPENDED;
        case LUA_OK:
            if (lua_getstack(co, 0, &frame)) return NORMAL;
            return lua_gettop(co) == 0 ? DEAD : SUSPENDED;
        default: return DEAD;
    }
}

static lua_State *coroutine_at_1(lua_State *L) {
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co != NULL, 1, "coroutine");
    return co;
}

static int continue_resume(lua_State *L, int status, lua_KContext unused);

// Runs `co`; answers with a count of results on L, or -1 with an error value on L, or suspends L along with `co`.
static int resume(lua_State *L, lua_State *co, int arguments) {
    rb_context *context = rb_context_of(L);
    rb_frame before = rb_enter(context, context->current, co);
    // Only now: a stop before this moment has armed the hook of L.
    if (rb_must_stop(context)) {
        rb_leave(context, before);
        return rb_end_by_stop(L);
    }
    if (rb_stop_asked(context)) rb_arm(co);
    if (!lua_isyieldable(L)) context->blocked++;
    int results = 0;
    int status = lua_resume(co, L, arguments, &results);
    rb_leave(context, before);
    if (rb_must_stop(context)) return rb_end_by_stop(L);
    if (rb_is_waiting(co)) {
        lua_pushlightuserdata(L, &rb_suspension);
        return lua_yieldk(L, 1, 0, continue_resume);
    }
    if (status != LUA_OK && status != LUA_YIELD) {
        // The coroutine keeps the value as well: what closes it later hands it to the to-be-closed variables.
        if (lua_checkstack(co, 1)) lua_pushvalue(co, -1);
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
    if (results < 0 && is_wrap) {
        lua_State *co = lua_tothread(L, 1);
        rb_context *context = rb_context_of(L);
        bool has_failed = lua_status(co) > LUA_YIELD;
        if (has_failed && rb_close_coroutine(context, co, L) != LUA_OK && lua_gettop(co) > 0) lua_xmove(co, L, 1);
        if (rb_must_stop(context)) return rb_end_by_stop(L);
        return lua_error(L);
    }
    if (is_wrap) return results;
    lua_pushboolean(L, results >= 0);
    int count = results < 0 ? 1 : results;
    lua_insert(L, -(count + 1));
    return count + 1;
}

static int continue_resume(lua_State *L, int status, lua_KContext unused) {
    (void)status;
    (void)unused;
    lua_settop(L, 2);
    lua_State *co = lua_tothread(L, 1);
    lua_pop(co, 1);
    return deliver(L, resume(L, co, 0));
}

static int start_resume(lua_State *L, bool is_wrap) {
    lua_State *co = coroutine_at_1(L);
    int arguments = lua_gettop(L) - 1;
    state found = state_of(L, co);
    // Checked here, since lua_resume would make its message on the coroutine, where nothing catches a memory error.
    const char *refusal = NULL;
    if (found == DEAD) {
        refusal = "cannot resume dead coroutine";
    } else if (found != SUSPENDED) {
        refusal = "cannot resume non-suspended coroutine";
    } else if (!lua_checkstack(co, arguments)) {
        refusal = "too many arguments to resume";
    }
    if (refusal != NULL) {
        lua_settop(L, 1);
        lua_pushboolean(L, is_wrap);
        if (is_wrap) luaL_where(L, 1);
        lua_pushstring(L, refusal);
        if (is_wrap) lua_concat(L, 2);
        return deliver(L, -1);
    }
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

static int coroutine_yield(lua_State *L) {
    rb_thread *current = rb_context_of(L)->current;
    if (current != NULL && current->L == L) return luaL_error(L, "attempt to yield from outside a coroutine");
    return lua_yield(L, lua_gettop(L));
}

static int coroutine_status(lua_State *L) {
    lua_pushstring(L, state_names[state_of(L, coroutine_at_1(L))]);
    return 1;
}

static int coroutine_close(lua_State *L) {
    lua_State *co = coroutine_at_1(L);
    rb_context *context = rb_context_of(L);
    state found = state_of(L, co);
    if (found == RUNNING || found == NORMAL) {
        return luaL_error(L, "cannot close a %s coroutine", state_names[found]);
    }
    int status = rb_close_coroutine(context, co, L);
    if (rb_must_stop(context)) return rb_end_by_stop(L);
    lua_pushboolean(L, status == LUA_OK);
    if (status == LUA_OK) return 1;
    if (lua_gettop(co) > 0) {
        lua_xmove(co, L, 1);
    } else {
        lua_pushnil(L);
    }
    return 2;
}

void rb_open_coroutines(lua_State *L) {
    luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
    rb_set_function(L, "close", coroutine_close);
    rb_set_function(L, "resume", coroutine_resume);
    rb_set_function(L, "status", coroutine_status);
    rb_set_function(L, "wrap", coroutine_wrap);
    rb_set_function(L, "yield", coroutine_yield);
    lua_pop(L, 1);
}
