#include "internal.h"

#include <math.h>
#include <string.h>

// JSON straight into Lua tables: a cluster's answer can be tens of megabytes, and a tree of Swift values in between
// would cost several times the text's size (docs/decisions/0003).

static char list_mark_key;
static char null_value;

enum { MAX_DEPTH = 512, NAMES = 3 };

typedef struct {
    lua_State *L;
    const char *start;
    const char *at;
    const char *end;
    int depth;
    unsigned values;
    // Where the names of the objects that are open begin, the innermost last: in a userdata at stack index NAMES.
    const char **names;
    size_t name_count;
    size_t name_capacity;
} parser;

static void parse_value(parser *p);

// The column counts bytes.
static int fail(parser *p, const char *expected) {
    int line = 1;
    const char *line_start = p->start;
    for (const char *c = p->start; c < p->at; c++) {
        if (*c == '\n') {
            line++;
            line_start = c + 1;
        }
    }
    return luaL_error(p->L, "JSON, line %d, column %d: %s", line, (int)(p->at - line_start) + 1, expected);
}

static int fail_at(parser *p, const char *place, const char *expected) {
    p->at = place;
    return fail(p, expected);
}

static inline void skip_blanks(parser *p) {
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r')) p->at++;
}

static unsigned parse_hex4(parser *p) {
    unsigned value = 0;
    if (p->end - p->at < 4) fail(p, "an incomplete \\u escape");
    for (int i = 0; i < 4; i++) {
        char c = *p->at;
        unsigned digit;
        if (c >= '0' && c <= '9') {
            digit = (unsigned)(c - '0');
        } else if ((c | 32) >= 'a' && (c | 32) <= 'f') {
            digit = (unsigned)((c | 32) - 'a') + 10;
        } else {
            return (unsigned)fail(p, "a \\u escape needs four hexadecimal digits");
        }
        value = value << 4 | digit;
        p->at++;
    }
    return value;
}

static void add_utf8(luaL_Buffer *buffer, unsigned code) {
    char bytes[4];
    int count;
    if (code < 0x80) {
        bytes[0] = (char)code;
        count = 1;
    } else if (code < 0x800) {
        bytes[0] = (char)(0xC0 | code >> 6);
        bytes[1] = (char)(0x80 | (code & 63));
        count = 2;
    } else if (code < 0x10000) {
        bytes[0] = (char)(0xE0 | code >> 12);
        bytes[1] = (char)(0x80 | (code >> 6 & 63));
        bytes[2] = (char)(0x80 | (code & 63));
        count = 3;
    } else {
        bytes[0] = (char)(0xF0 | code >> 18);
        bytes[1] = (char)(0x80 | (code >> 12 & 63));
        bytes[2] = (char)(0x80 | (code >> 6 & 63));
        bytes[3] = (char)(0x80 | (code & 63));
        count = 4;
    }
    luaL_addlstring(buffer, bytes, (size_t)count);
}

static unsigned parse_unicode(parser *p) {
    unsigned code = parse_hex4(p);
    if (code >= 0xD800 && code < 0xDC00 && p->end - p->at >= 6 && p->at[0] == '\\' && p->at[1] == 'u') {
        const char *before = p->at;
        p->at += 2;
        unsigned low = parse_hex4(p);
        if (low >= 0xDC00 && low < 0xE000) return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        p->at = before;
    }
    return code >= 0xD800 && code < 0xE000 ? 0xFFFD : code;
}

static void parse_escaped_string(parser *p, const char *first) {
    luaL_Buffer buffer;
    luaL_buffinit(p->L, &buffer);
    luaL_addlstring(&buffer, first, (size_t)(p->at - first));
    while (p->at < p->end) {
        const char *plain = p->at;
        while (p->at < p->end && *p->at != '"' && *p->at != '\\' && (unsigned char)*p->at >= 0x20) p->at++;
        luaL_addlstring(&buffer, plain, (size_t)(p->at - plain));
        if (p->at >= p->end) break;
        if (*p->at == '"') {
            p->at++;
            luaL_pushresult(&buffer);
            return;
        }
        if (*p->at != '\\') fail(p, "a control character in a string");
        p->at++;
        if (p->at >= p->end) break;
        char c = *p->at++;
        switch (c) {
            case '"': case '\\': case '/': luaL_addchar(&buffer, c); break;
            case 'b': luaL_addchar(&buffer, '\b'); break;
            case 'f': luaL_addchar(&buffer, '\f'); break;
            case 'n': luaL_addchar(&buffer, '\n'); break;
            case 'r': luaL_addchar(&buffer, '\r'); break;
            case 't': luaL_addchar(&buffer, '\t'); break;
            case 'u': add_utf8(&buffer, parse_unicode(p)); break;
            default: fail_at(p, p->at - 2, "an unknown escape in a string");
        }
    }
    fail_at(p, first - 1, "a string that does not end");
}

static void parse_string(parser *p) {
    const char *first = ++p->at;
    while (p->at < p->end && *p->at != '"' && *p->at != '\\' && (unsigned char)*p->at >= 0x20) p->at++;
    if (p->at < p->end && *p->at == '"') {
        lua_pushlstring(p->L, first, (size_t)(p->at - first));
        p->at++;
    } else {
        parse_escaped_string(p, first);
    }
}

// lua_stringtonumber reads an integer that fits as one, and is not at the mercy of the locale.
static void push_long_number(parser *p, const char *first) {
    size_t length = (size_t)(p->at - first);
    char copy[64];
    size_t converted;
    if (length < sizeof copy) {
        memcpy(copy, first, length);
        copy[length] = '\0';
        converted = lua_stringtonumber(p->L, copy);
    } else {
        lua_pushlstring(p->L, first, length);
        converted = lua_stringtonumber(p->L, lua_tostring(p->L, -1));
        if (converted != 0) lua_remove(p->L, -2);
    }
    if (converted == 0 || isinf(lua_tonumber(p->L, -1))) fail_at(p, first, "a number that is too large");
}

static void parse_number(parser *p) {
    const char *first = p->at;
    bool is_integer = true;
    if (*p->at == '-') p->at++;
    const char *digits = p->at;
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9') p->at++;
    if (p->at == digits) fail_at(p, first, "a value is expected");
    if (p->at - digits > 1 && *digits == '0') fail_at(p, first, "a number with a leading zero");
    if (p->at < p->end && *p->at == '.') {
        is_integer = false;
        const char *fraction = ++p->at;
        while (p->at < p->end && *p->at >= '0' && *p->at <= '9') p->at++;
        if (p->at == fraction) fail(p, "a digit is expected after the decimal point");
    }
    if (p->at < p->end && (*p->at | 32) == 'e') {
        is_integer = false;
        p->at++;
        if (p->at < p->end && (*p->at == '+' || *p->at == '-')) p->at++;
        const char *exponent = p->at;
        while (p->at < p->end && *p->at >= '0' && *p->at <= '9') p->at++;
        if (p->at == exponent) fail(p, "a digit is expected in the exponent");
    }
    if (is_integer && p->at - digits <= 18) {
        lua_Integer value = 0;
        for (const char *c = digits; c < p->at; c++) value = value * 10 + (*c - '0');
        lua_pushinteger(p->L, *first == '-' ? -value : value);
        return;
    }
    push_long_number(p, first);
}

static bool literal(parser *p, const char *word, size_t length) {
    if ((size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0) return false;
    p->at += length;
    return true;
}

static void enter(parser *p) {
    if (++p->depth > MAX_DEPTH) fail(p, "nested more than 512 deep");
    luaL_checkstack(p->L, 8, "JSON");
    p->at++;
    skip_blanks(p);
}

static void parse_list(parser *p) {
    enter(p);
    lua_newtable(p->L);
    rb_mark_list(p->L);
    lua_Integer index = 0;
    if (p->at < p->end && *p->at == ']') {
        p->at++;
        p->depth--;
        return;
    }
    for (;;) {
        parse_value(p);
        lua_rawseti(p->L, -2, ++index);
        skip_blanks(p);
        if (p->at >= p->end || (*p->at != ',' && *p->at != ']')) fail(p, "',' or ']' is expected");
        if (*p->at++ == ']') break;
    }
    p->depth--;
}

static void note_name(parser *p) {
    if (p->name_count == p->name_capacity) {
        size_t capacity = p->name_capacity == 0 ? 64 : p->name_capacity * 2;
        const char **grown = lua_newuserdatauv(p->L, capacity * sizeof *grown, 0);
        if (p->name_count > 0) memcpy(grown, p->names, p->name_count * sizeof *grown);
        lua_replace(p->L, NAMES);
        p->names = grown;
        p->name_capacity = capacity;
    }
    p->names[p->name_count++] = p->at;
}

// Whether the name that begins at `left` stands before the one at `right`, or is the same; quotes and all.
static bool ascends(const char *left, const char *right) {
    for (left++, right++; *left == *right; left++, right++) {
        if (*left == '"') return true;
    }
    return *left == '"' || (*right != '"' && (unsigned char)*left < (unsigned char)*right);
}

// Keeps the order of the names from `first` on, when it is not the ascending one that is written anyway.
static void keep_order(parser *p, size_t first) {
    size_t index = first + 1;
    while (index < p->name_count && ascends(p->names[index - 1], p->names[index])) index++;
    if (index < p->name_count) {
        const char *after = p->at;
        lua_createtable(p->L, (int)(p->name_count - first), 0);
        for (index = first; index < p->name_count; index++) {
            p->at = p->names[index];
            parse_string(p);
            lua_rawseti(p->L, -2, (lua_Integer)(index - first + 1));
        }
        p->at = after;
        rb_keep_order(p->L);
    }
    p->name_count = first;
}

static void parse_object(parser *p) {
    enter(p);
    lua_newtable(p->L);
    size_t first = p->name_count;
    if (p->at < p->end && *p->at == '}') {
        p->at++;
        p->depth--;
        return;
    }
    for (;;) {
        skip_blanks(p);
        if (p->at >= p->end || *p->at != '"') fail(p, "a name in quotes is expected");
        note_name(p);
        parse_string(p);
        skip_blanks(p);
        if (p->at >= p->end || *p->at != ':') fail(p, "':' is expected");
        p->at++;
        parse_value(p);
        // A field that is null reads like one that is absent, which is what a script tests for.
        if (rb_is_null(p->L, -1)) {
            lua_pop(p->L, 1);
            lua_pushnil(p->L);
        }
        lua_rawset(p->L, -3);
        skip_blanks(p);
        if (p->at >= p->end || (*p->at != ',' && *p->at != '}')) fail(p, "',' or '}' is expected");
        if (*p->at++ == '}') break;
    }
    keep_order(p, first);
    p->depth--;
}

static void parse_value(parser *p) {
    // A cluster's answer takes a good part of a second: a stop does not wait for its end.
    if (++p->values % 4096 == 0 && rb_must_stop(rb_context_of(p->L))) rb_raise_stop(p->L);
    skip_blanks(p);
    if (p->at >= p->end) fail(p, "the text ends where a value is expected");
    switch (*p->at) {
        case '{': parse_object(p); break;
        case '[': parse_list(p); break;
        case '"': parse_string(p); break;
        case 't': if (!literal(p, "true", 4)) fail(p, "a value is expected"); lua_pushboolean(p->L, 1); break;
        case 'f': if (!literal(p, "false", 5)) fail(p, "a value is expected"); lua_pushboolean(p->L, 0); break;
        case 'n': if (!literal(p, "null", 4)) fail(p, "a value is expected"); rb_push_null(p->L); break;
        default: parse_number(p);
    }
}

static int decode(lua_State *L) {
    parser p = {.L = L, .start = lua_touserdata(L, 1), .depth = 0};
    p.at = p.start;
    p.end = p.start + lua_tointeger(L, 2);
    lua_pushnil(L);
    parse_value(&p);
    skip_blanks(&p);
    if (p.at != p.end) fail(&p, "more text after the value");
    return 1;
}

int32_t rb_json_decode(lua_State *L, const char *text, size_t length) {
    rb_context *context = rb_context_of(L);
    // An error ends at the protected call, with no frame of Swift's in between: the cap may apply.
    int relaxed = context->relaxed;
    context->relaxed = 0;
    // Nothing of what is built can be freed before it is handed over; the collector would only walk it again and again.
    // At the cap Lua collects all the same.
    int collecting = lua_gc(L, LUA_GCISRUNNING);
    lua_gc(L, LUA_GCSTOP);
    lua_pushcfunction(L, decode);
    lua_pushlightuserdata(L, (void *)text);
    lua_pushinteger(L, (lua_Integer)length);
    int status = lua_pcall(L, 2, 1, 0);
    if (collecting) lua_gc(L, LUA_GCRESTART);
    context->relaxed = relaxed;
    return status;
}

void rb_mark_list(lua_State *L) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &list_mark_key);
    lua_setmetatable(L, -2);
}

bool rb_has_list_mark(lua_State *L, int32_t index) {
    if (!lua_getmetatable(L, index)) return false;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &list_mark_key);
    bool marked = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return marked;
}

void rb_push_null(lua_State *L) { lua_pushlightuserdata(L, &null_value); }

bool rb_is_null(lua_State *L, int32_t index) { return lua_touserdata(L, index) == &null_value; }

static int null_text(lua_State *L) {
    lua_pushliteral(L, "null");
    return 1;
}

void rb_open_json(lua_State *L) {
    // The one light userdata that scripts see: shown as what it is, and not as an address.
    rb_push_null(L);
    lua_newtable(L);
    lua_pushcfunction(L, null_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    lua_newtable(L);
    lua_pushliteral(L, "list");
    lua_setfield(L, -2, "__name");
    // Locked: a script could give all lists a finalizer through it.
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
    lua_rawsetp(L, LUA_REGISTRYINDEX, &list_mark_key);
}
