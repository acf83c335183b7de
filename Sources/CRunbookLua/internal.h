#ifndef RUNBOOK_INTERNAL_H
#define RUNBOOK_INTERNAL_H

#include "CRunbookLua.h"

#include <lauxlib.h>
#include <lualib.h>
#include <pthread.h>
#include <stdatomic.h>

struct rb_thread {
    lua_State *L;
    int reference;
    _Atomic bool stop;
};

struct rb_context {
    lua_State *main;
    void *host;
    rb_call call;
    rb_reply reply;

    size_t used;
    size_t limit;
    int relaxed;

    _Atomic bool stop;
    _Atomic bool running_flag;
    pthread_t owner;
    rb_thread *current;             // the coroutine that the host drives now
    lua_State *volatile innermost;  // the one that executes: `current`, or one that a script made and resumed

    int32_t format_function;
    int32_t concat_function;

    uint64_t *dead;
    size_t dead_count;
    size_t dead_capacity;
};

/// The context of a state, from any of its coroutines: Lua copies the extra space to each.
static inline rb_context *rb_context_of(lua_State *L) {
    return *(rb_context **)lua_getextraspace(L);
}

/// The private value that a suspended host call yields.
extern char rb_suspension;

/// True when the running coroutine is to stop.
bool rb_must_stop(rb_context *context);
/// Arms the hook on L and raises.
int rb_raise_stop(lua_State *L);
/// Runs host function `function` with the arguments on L, and finishes its verdict.
int rb_invoke(lua_State *L, int32_t function);
/// Opens the restricted standard library.
void rb_open_base(lua_State *L);
void rb_open_objects(lua_State *L);
void rb_open_json(lua_State *L);

#endif
