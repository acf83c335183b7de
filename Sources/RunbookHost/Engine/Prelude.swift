/// Lua that every state runs first: what is simplest to say in Lua itself.
///
/// Results of steps and branches stay in Lua; only what the journal keeps crosses to the host.
enum Prelude {
    /// The chunk's name: a call site in it counts as its caller's.
    static let name = "[runbook]"

    static let text = #"""
        local setmetatable, type, error, tostring, pairs = setmetatable, type, error, tostring, pairs
        local pack, unpack, concat = table.pack, table.unpack, table.concat

        -- log
        local log_function, log_level = log, __rb_log
        log = setmetatable({
          info = function(text) log_level("info", text) end,
          warn = function(text) log_level("warning", text) end,
        }, { __call = function(_, text) log_function(text) end, __metatable = false })

        -- print
        local encode = json.encode
        function print(...)
          local parts = pack(...)
          for index = 1, parts.n do
            local value = parts[index]
            parts[index] = type(value) == "table" and encode(value) or tostring(value)
          end
          log_level("print", concat(parts, "\t"))
        end

        -- steps and branches
        local host_step, host_parallel = step, parallel
        function step(name, options, body)
          local work = body == nil and options or body
          if type(work) ~= "function" then return host_step(name, options, body) end
          local results = { n = 0 }
          local function run()
            results = pack(work())
            return results.n
          end
          local function collect() return unpack(results, 1, results.n) end
          local restored
          if body == nil then
            restored = pack(host_step(name, run, nil, collect))
          else
            restored = pack(host_step(name, options, run, collect))
          end
          if restored[1] then return unpack(restored, 2, restored.n) end
          return unpack(results, 1, results.n)
        end

        function parallel(functions)
          if type(functions) ~= "table" then return host_parallel(functions) end
          local results, wrapped = {}, {}
          for key, work in pairs(functions) do
            wrapped[key] = type(work) == "function" and function()
              results[key] = work()
              return results[key] ~= nil and 1 or 0
            end or work
          end
          host_parallel(wrapped, function(key) return results[key] end, function(key, value) results[key] = value end)
          return results
        end

        -- modules
        local loaded = {}
        local chunk_of, chunk_ran, modules_of = __rb_chunk, __rb_chunk_ran, __rb_modules
        local function load(name, chunk)
          -- A module that failed can be tried again.
          local done <close> = setmetatable({}, { __close = function() chunk_ran(name) end })
          local value = chunk(name)
          if value == nil then value = true end
          loaded[name] = value
        end
        function require(name)
          while loaded[name] == nil do
            -- nil when another branch was loading it, and has come to an end with it
            local chunk = chunk_of(name)
            if chunk then load(name, chunk) end
          end
          return loaded[name]
        end
        function require_all(folder)
          local result = {}
          for _, name in ipairs(modules_of(folder)) do result[name] = require(folder .. "." .. name) end
          return result
        end

        -- params, secrets, run
        local function strict(values, declared, what, place)
          return setmetatable(values, {
            __index = function(_, name)
              if declared[name] then return nil end
              error(what .. " `" .. tostring(name) .. "` is not declared: add it to `" .. place .. "` in the header", 2)
            end,
            __newindex = function() error(what .. "s cannot be changed", 2) end,
            __metatable = false,
          })
        end
        function __rb_strict(param_values, param_names, secret_values, secret_names, about)
          params = strict(param_values, param_names, "parameter", "params")
          secrets = strict(secret_values, secret_names, "secret", "secrets")
          run = about
        end

        -- a preview rewrites conditions to these, so that a branch on an unknown value is seen
        local is_unknown, note_branch, was_decided, entered = __rb_is_unknown, __rb_branch, __rb_decided, {}
        function __rb_test(value, line, kind)
          local is_loop = kind == "while" or kind == "until"
          if type(value) ~= "userdata" or not is_unknown(value) then
            if not is_loop or value ~= true or not was_decided(line) then return value end
          end
          if kind == "guard" then
            -- the branch does nothing but end the run: what it guards against is not taken for granted
            note_branch(value, line, false)
            return false
          end
          if not is_loop then
            -- an unknown counts as true, and `u or ""` is still the unknown
            note_branch(value, line)
            return value
          end
          -- the body of a loop is shown once, whatever its condition makes of the answer
          entered[line] = not entered[line] or nil
          if entered[line] then note_branch(value, line) end
          return entered[line] or false
        end
        function __rb_eq(left, right, line)
          if type(left) == "userdata" and is_unknown(left) then return left end
          if type(right) == "userdata" and is_unknown(right) then return right end
          return left == right
        end
        function __rb_ne(left, right, line)
          if type(left) == "userdata" and is_unknown(left) then return left end
          if type(right) == "userdata" and is_unknown(right) then return right end
          return left ~= right
        end
        function __rb_not(value, line)
          if type(value) == "userdata" and is_unknown(value) then return value end
          return not value
        end
        local expect_guard = __rb_expect_guard
        function __rb_guard(value, line)
          expect_guard(line)
          return value
        end
        function __rb_bound(value, line)
          if type(value) ~= "userdata" or not is_unknown(value) then return value end
          note_branch(value, line)
          return 1
        end
        """#

    /// In a preview, what Lua's own functions make of an unknown value is unknown, as it is for operators and methods.
    static let preview = #"""
        local is_unknown, type, select, pairs = __rb_is_unknown, type, select, pairs
        local function carrying(work, last)
          return function(...)
            for index = 1, last or select("#", ...) do
              local value = select(index, ...)
              if type(value) == "userdata" and is_unknown(value) then return value end
            end
            return work(...)
          end
        end
        for _, library in pairs { string, math } do
          for name, work in pairs(library) do
            if type(work) == "function" then library[name] = carrying(work) end
          end
        end
        -- what is put into a list may be unknown
        for _, name in pairs { "unpack", "sort", "move", "remove", "insert" } do table[name] = carrying(table[name], 1) end
        tonumber = carrying(tonumber)
        """#
}
