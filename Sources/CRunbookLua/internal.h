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
    int status;       // how the function ended, once its coroutine has
    bool is_started;
    bool is_broken;   // an error went past it: nothing of it may run again
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
    _Atomic bool is_running;
    bool has_owner;
    pthread_t owner;
    rb_thread *current;              // the coroutine that the host drives now
    _Atomic(lua_State *) innermost;  // the one that executes: `current`, or one that a script made and resumed
    uint64_t closing_until;          // until then (in ns) to-be-closed variables may run although a stop was asked for
    int blocked;                     // how many resumes are under way that no host call can suspend

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

/// The private value that a suspended host call yields; it stays on the coroutine's stack until the reply is there.
extern char rb_suspension;
/// True when the coroutine waits for the reply of a host call.
bool rb_is_waiting(lua_State *co);

/// What was under way before rb_enter.
typedef struct {
    rb_thread *current;
    lua_State *innermost;
    uint64_t closing_until;
    int relaxed;
    int blocked;
} rb_frame;

/// Tells the stop that L, of `thread`, executes from now on.
rb_frame rb_enter(rb_context *context, rb_thread *thread, lua_State *L);
/// Goes back to what was under way before.
void rb_leave(rb_context *context, rb_frame before);
/// True when a stop of the running coroutine was asked for, whether or not to-be-closed variables may still run.
bool rb_stop_asked(rb_context *context);
/// Lets to-be-closed variables run for a short time, until rb_leave.
void rb_begin_closing(rb_context *context);
/// Makes L notice the end of that time.
void rb_arm(lua_State *L);
/// True when a stop has ended L.
bool rb_was_stopped(lua_State *L);
/// Ends L for a stop from a C function: suspends it for good, or raises where that is not possible.
int rb_end_by_stop(lua_State *L);
/// Ends L for a stop by an error.
int rb_raise_stop(lua_State *L);
/// Raises Lua's memory error.
int rb_raise_memory(lua_State *L);
/// Closes a coroutine that is suspended or dead, with its to-be-closed variables; answers with a Lua status.
int rb_close_coroutine(rb_context *context, lua_State *co, lua_State *from);
/// Runs host function `function` with the arguments on L, and finishes its verdict.
int rb_invoke(lua_State *L, int32_t function);

/// Sets field `name` of the table on top of the stack.
void rb_set_function(lua_State *L, const char *name, lua_CFunction function);
/// Opens the restricted standard library.
void rb_open_base(lua_State *L);
void rb_open_coroutines(lua_State *L);
void rb_open_objects(lua_State *L);
void rb_open_json(lua_State *L);
void rb_open_order(lua_State *L);

#endif
