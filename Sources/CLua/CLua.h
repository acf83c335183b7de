#ifndef RUNBOOK_CLUA_H
#define RUNBOOK_CLUA_H

// The system's Lua 5.4, as Swift and CRunbookLua see it. No logic stands here; the library's name comes from pkg-config.
#include <lua.h>
#include <lauxlib.h>
#include <lualib.h>

#endif
