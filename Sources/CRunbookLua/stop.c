#include "internal.h"

#include <signal.h>
#include <time.h>

// While nothing stops, no hook is set and a script runs at full speed. A stop sets a word and sends the owner's thread
// a signal, whose handler installs the hook (as lua.c does from its SIGINT handler). Each place that enters or leaves
// Lua checks the word as well, after it has said what it is about to run, so that a stop between two moments is not lost
// (docs/decisions/0002).

// How many instructions pass until the hook fires: after a signal, while to-be-closed variables run, and on a coroutine
// that the stop has ended, which is known by it.
enum { SIGNALLED_COUNT = 1, CLOSING_COUNT = 1000, STOPPED_COUNT = 2 };
enum { CLOSING_NS = 20000000 };

// The handler reads it on the thread that it interrupts, which has written it before: no allocation can happen there.
static _Thread_local _Atomic(rb_context *) signalled;

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

bool rb_stop_asked(rb_context *context) {
    return atomic_load(&context->stop) || (context->current != NULL && atomic_load(&context->current->stop));
}

bool rb_must_stop(rb_context *context) {
    if (!rb_stop_asked(context)) return false;
    return context->closing_until == 0 || now() >= context->closing_until;
}

static void stop_hook(lua_State *L, lua_Debug *event);

static void set_hook(lua_State *L, int count) {
    // Lua visits each frame to set a hook, and a script may have a hundred thousand to unwind one by one.
    if (lua_gethook(L) == stop_hook && lua_gethookcount(L) == count) return;
    lua_sethook(L, stop_hook, LUA_MASKCALL | LUA_MASKCOUNT, count);
}

// Where it can, a stop leaves the coroutine suspended: no pcall of the script sees it. Below a C function that cannot be
// suspended it raises; the script meets the hook again as soon as it has caught that.
static void stop_hook(lua_State *L, lua_Debug *event) {
    rb_context *context = rb_context_of(L);
    if (!rb_stop_asked(context)) {
        lua_sethook(L, NULL, 0, 0);
    } else if (rb_must_stop(context)) {
        set_hook(L, STOPPED_COUNT);
        if (!lua_isyieldable(L)) {
            rb_raise_stop(L);
        } else if (event->event == LUA_HOOKCOUNT) {
            // Lua allows it for this event only, and has fired it before each call.
            lua_yield(L, 0);
        }
    }
}

void rb_arm(lua_State *L) { set_hook(L, CLOSING_COUNT); }

bool rb_was_stopped(lua_State *L) { return lua_gethook(L) == stop_hook && lua_gethookcount(L) == STOPPED_COUNT; }

int rb_raise_stop(lua_State *L) {
    set_hook(L, STOPPED_COUNT);
    lua_pushliteral(L, "the run was stopped");
    return lua_error(L);
}

int rb_end_by_stop(lua_State *L) {
    set_hook(L, STOPPED_COUNT);
    return lua_isyieldable(L) ? lua_yield(L, 0) : rb_raise_stop(L);
}

void rb_begin_closing(rb_context *context) { context->closing_until = now() + CLOSING_NS; }

static void on_signal(int number) {
    (void)number;
    rb_context *context = atomic_load(&signalled);
    if (context == NULL) return;
    lua_State *L = atomic_load(&context->innermost);
    if (L != NULL) lua_sethook(L, stop_hook, LUA_MASKCALL | LUA_MASKCOUNT, SIGNALLED_COUNT);
}

static void install_handler(void) {
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGURG, &action, NULL);
}

static void signal_owner(rb_context *context) {
    if (atomic_load(&context->is_running)) pthread_kill(context->owner, SIGURG);
}

void rb_stop(rb_context *context) {
    atomic_store(&context->stop, true);
    signal_owner(context);
}

void rb_thread_stop(rb_context *context, rb_thread *thread) {
    atomic_store(&thread->stop, true);
    signal_owner(context);
}

void rb_resume_after_stop(rb_context *context) { atomic_store(&context->stop, false); }

bool rb_is_running(rb_context *context) { return atomic_load(&context->is_running); }

// A state belongs to one thread. It may have inherited a mask that would keep the signal from it.
static void take_thread(rb_context *context) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install_handler);
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGURG);
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
    context->owner = pthread_self();
    context->has_owner = true;
}

rb_frame rb_enter(rb_context *context, rb_thread *thread, lua_State *L) {
    rb_frame before = {
        .current = context->current,
        .innermost = atomic_load(&context->innermost),
        .closing_until = context->closing_until,
        .relaxed = context->relaxed,
        .blocked = context->blocked,
    };
    if (!context->has_owner) take_thread(context);
    context->current = thread;
    atomic_store(&context->innermost, L);
    atomic_store(&signalled, context);
    atomic_store(&context->is_running, true);
    return before;
}

void rb_leave(rb_context *context, rb_frame before) {
    if (before.current == NULL) {
        atomic_store(&context->is_running, false);
        atomic_store(&signalled, NULL);
    }
    atomic_store(&context->innermost, before.innermost);
    context->current = before.current;
    context->closing_until = before.closing_until;
    context->relaxed = before.relaxed;
    context->blocked = before.blocked;
}
