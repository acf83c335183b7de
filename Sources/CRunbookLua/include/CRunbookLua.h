#ifndef RUNBOOK_CRUNBOOKLUA_H
#define RUNBOOK_CRUNBOOKLUA_H

// The only code of the project that may raise a Lua error or yield.
//
// Swift runs below this boundary only inside `rb_call` and `rb_reply`, and always returns normally: it answers with a
// verdict, and C raises or yields after Swift's frames are gone. Swift in turn calls only what is declared here and the
// functions of lua.h that never raise (see LuaStack.swift for the list).

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// A Lua state with its memory cap, stop word and host.
typedef struct rb_context rb_context;
/// A coroutine that the host drives.
typedef struct rb_thread rb_thread;

/// What a host function asks of the trampoline when it is no count of results.
enum {
    RB_ERROR = -1,   ///< raise the value on top of the stack
    RB_YIELD = -2,   ///< suspend until the host has its reply
    RB_MEMORY = -3,  ///< raise Lua's memory error
};

/// Runs a host function with its arguments on L; answers with a count of results or a verdict.
typedef int32_t (*rb_call)(void *host, lua_State *L, int32_t function);
/// Pushes the reply of a suspended host function on L; answers with a count of results or RB_ERROR.
typedef int32_t (*rb_reply)(void *host, lua_State *L);

// MARK: state.c

/// Creates a state with the restricted libraries, or NULL when memory does not suffice. `memory_limit` in bytes.
rb_context *_Nullable rb_create(size_t memory_limit, void *host, rb_call call, rb_reply reply);
/// Closes the state and frees the context.
void rb_destroy(rb_context *context);
/// The main thread of the state: for building tables, never for running scripts.
lua_State *rb_main(rb_context *context);
/// Bytes in use.
size_t rb_memory_used(rb_context *context);
/// Frees what scripts no longer hold.
void rb_collect(rb_context *context);
/// Counts the growth of the state against the cap again, or lets Swift push values past it; calls nest.
void rb_relax(rb_context *context, bool relaxed);

// MARK: thread.c

/// What a run of a coroutine ended with.
enum {
    RB_DONE = 0,       ///< it returned; its results are on its stack
    RB_SUSPENDED = 1,  ///< a host function waits for its reply
    RB_FAILED = 2,     ///< its error value and a traceback are on top of its stack
    RB_NO_MEMORY = 3,  ///< the cap was reached
    RB_STOPPED = 4,    ///< a stop was asked for
};

/// Creates a coroutine that the collector leaves alone, or NULL when memory does not suffice.
rb_thread *_Nullable rb_thread_create(rb_context *context);
/// Frees the coroutine. The to-be-closed variables of one that is suspended run first: for a short time, and they cannot wait.
void rb_thread_destroy(rb_context *context, rb_thread *thread);
/// The coroutine's stack.
lua_State *rb_thread_state(rb_thread *thread);
/// Starts the coroutine with the function and the arguments on its stack, or continues it with none. `results`: how many
/// values it left.
int32_t rb_thread_run(rb_context *context, rb_thread *thread, int32_t arguments, int32_t *results);

// MARK: stop.c

/// Stops every script of the state, now and until rb_resume_after_stop. From any thread.
void rb_stop(rb_context *context);
/// Stops one coroutine when it runs next, or at once. From any thread, while the coroutine exists.
void rb_thread_stop(rb_context *context, rb_thread *thread);
/// Lets scripts run again after rb_stop, for clean-up.
void rb_resume_after_stop(rb_context *context);
/// True while Lua code or a host function of this state is on the stack. From any thread.
bool rb_is_running(rb_context *context);
/// True when a host function that runs now should end early. On the state's thread.
bool rb_must_stop(rb_context *context);
/// True when a host function that was called on L may suspend it.
bool rb_can_wait(lua_State *L);

// MARK: call.c

/// Pushes a function that calls host function `function`.
void rb_push_function(lua_State *L, int32_t function);
/// Compiles text, never bytecode: pushes the chunk, or a message. Answers with a Lua status.
int32_t rb_load(lua_State *L, const char *text, size_t length, const char *name);
/// Anchors the value on top of the stack and pops it.
int32_t rb_anchor(lua_State *L);
/// Pushes an anchored value.
void rb_push_anchored(lua_State *L, int32_t reference);
/// Lets go of an anchored value.
void rb_release(rb_context *context, int32_t reference);
/// The script line at `level` of the call stack: its chunk name into `chunk`. Answers with the line, or 0.
int32_t rb_where(lua_State *L, int32_t level, char *chunk, size_t capacity);
/// Registers the table on top of the stack as module `name`, so that tracebacks show its functions' names; keeps it.
void rb_name_module(lua_State *L, const char *name);
/// Sets the host functions that join and format texts with opaque objects in them.
void rb_set_text_functions(rb_context *context, int32_t format, int32_t concat);

// MARK: object.c

/// Pushes an opaque object: `kind` selects its metatable, `identity` is the host's. Pops a table of readable fields
/// from the stack when `has_fields` is set.
void rb_push_object(lua_State *L, int32_t kind, uint64_t identity, bool has_fields);
/// Pushes the table of fields of the object at `index`, or nil.
void rb_push_fields(lua_State *L, int32_t index);
/// Reads an opaque object.
bool rb_get_object(lua_State *L, int32_t index, int32_t *kind, uint64_t *identity);
/// Makes the table on top of the stack the locked metatable of a kind, and pops it.
void rb_define_object(lua_State *L, int32_t kind);
/// Takes an identity whose object the collector has freed; false when there is none.
bool rb_take_dead_object(rb_context *context, uint64_t *identity);

// MARK: json.c

/// Pushes the value that a JSON text holds, or a message; answers with a Lua status. The memory cap applies.
int32_t rb_json_decode(lua_State *L, const char *text, size_t length);
/// Marks the table on top of the stack as a list, so that an empty one stays a list.
void rb_mark_list(lua_State *L);
/// True when the table at `index` carries the list mark.
bool rb_has_list_mark(lua_State *L, int32_t index);
/// Pushes the value that stands for JSON's null in a list.
void rb_push_null(lua_State *L);
/// True when the value at `index` is that null.
bool rb_is_null(lua_State *L, int32_t index);

// MARK: order.c

/// Pops a list of names and keeps it as the order of the table below it.
void rb_keep_order(lua_State *L);
/// Pushes the list of names of the table at `index`; false, with nothing pushed, when it has no order of its own.
bool rb_push_order(lua_State *L, int32_t index);

// MARK: macros of lua.h that Swift cannot see

/// lua_pop.
void rb_pop(lua_State *L, int32_t count);
/// Pushes the table of globals.
void rb_push_globals(lua_State *L);

#pragma clang assume_nonnull end

#endif
