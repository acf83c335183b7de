#include "internal.h"

#include <signal.h>

// While nothing stops, no hook is set and a script runs at full speed. A stop sets a word and sends the owner's thread
// a signal, whose handler installs the hook (as lua.c does from its SIGINT handler). Each place that enters or leaves
// Lua checks the word as well, so that a stop between two moments is not lost.

static _Thread_local rb_context *volatile signalled;

bool rb_must_stop(rb_context *context) {
    if (atomic_load_explicit(&context->stop, memory_order_relaxed)) return true;
    return context->current != NULL && atomic_load_explicit(&context->current->stop, memory_order_relaxed);
}

// Fires at every instruction once armed: a script that catches the error with pcall meets it again at once.
static void stop_hook(lua_State *L, lua_Debug *unused) {
    (void)unused;
    if (rb_must_stop(rb_context_of(L))) {
        rb_raise_stop(L);
    } else {
        lua_sethook(L, NULL, 0, 0);
    }
}

int rb_raise_stop(lua_State *L) {
    lua_sethook(L, stop_hook, LUA_MASKCALL | LUA_MASKCOUNT, 1);
    lua_pushliteral(L, "the run was stopped");
    return lua_error(L);
}

static void on_signal(int number) {
    (void)number;
    rb_context *context = signalled;
    if (context == NULL) return;
    lua_State *L = context->innermost;
    if (L != NULL) lua_sethook(L, stop_hook, LUA_MASKCALL | LUA_MASKCOUNT, 1);
}

static void install_handler(void) {
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(SIGURG, &action, NULL);
}

static void signal_owner(rb_context *context) {
    if (atomic_load(&context->running_flag)) pthread_kill(context->owner, SIGURG);
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

bool rb_is_running(rb_context *context) { return atomic_load(&context->running_flag); }

void rb_enter(rb_context *context) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install_handler);
    context->owner = pthread_self();
    signalled = context;
    atomic_store(&context->running_flag, true);
}

void rb_leave(rb_context *context) {
    atomic_store(&context->running_flag, false);
    signalled = NULL;
}
