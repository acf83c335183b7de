/// Lua that a test file finds besides the runbook API: `describe`, `it`, `expect`, `on`, `runbook.run`.
enum TestPrelude {
    static let name = "[test]"

    static let text = #"""
        local report, stub, clear_stubs, run_file = __test_report, __test_stub, __test_clear, __test_run
        local path, before, after = {}, {}, {}

        local function explained(problem)
          local text = tostring(problem)
          if type(problem) == "userdata" and problem.where then text = text .. " (" .. problem.where .. ")" end
          return text
        end

        local function hooks(list)
          for _, level in ipairs(list) do for _, hook in ipairs(level) do hook() end end
        end

        function describe(name, body)
          path[#path + 1] = name
          before[#before + 1], after[#after + 1] = {}, {}
          local ok, problem = pcall(body)
          if not ok then report(table.concat(path, " › "), false, explained(problem)) end
          path[#path], before[#before], after[#after] = nil, nil, nil
        end
        function before_each(hook)
          if #before == 0 then before[1], after[1] = {}, {} end
          table.insert(before[#before], hook)
        end
        function after_each(hook)
          if #after == 0 then before[1], after[1] = {}, {} end
          table.insert(after[#after], hook)
        end
        function it(name, body)
          local full = #path == 0 and name or table.concat(path, " › ") .. " › " .. name
          if not __test_wanted(full) then return end
          local failure
          local function attempt(work)
            local ok, problem = pcall(work)
            if not ok and not failure then failure = problem end
          end
          attempt(function() hooks(before) body() end)
          attempt(function() hooks(after) end)
          clear_stubs()
          report(full, failure == nil, failure ~= nil and explained(failure) or "")
        end

        -- expectations
        local function shown(value)
          if type(value) == "string" then return string.format("%q", value) end
          if type(value) == "table" then
            local ok, text = pcall(json.encode, value)
            return ok and text or tostring(value)
          end
          return tostring(value)
        end
        local function equal(left, right, seen)
          if left == right then return true end
          if type(left) ~= "table" or type(right) ~= "table" then return false end
          seen = seen or {}
          if seen[left] == right then return true end
          seen[left] = right
          for key, value in pairs(left) do if not equal(value, right[key], seen) then return false end end
          for key in pairs(right) do if left[key] == nil then return false end end
          return true
        end
        local function contains(whole, part)
          if type(whole) == "string" then return whole:find(tostring(part), 1, true) ~= nil end
          if type(whole) ~= "table" then return false end
          for _, value in pairs(whole) do if equal(value, part) then return true end end
          return false
        end
        local function begins(text, start) return type(text) == "string" and text:sub(1, #start) == start end
        local matchers = {
          to_equal = function(actual, wanted) return equal(actual, wanted), "to equal " .. shown(wanted) end,
          to_be = function(actual, wanted) return rawequal(actual, wanted), "to be " .. shown(wanted) end,
          to_be_nil = function(actual) return actual == nil, "to be nil" end,
          to_be_truthy = function(actual) return not not actual, "to be truthy" end,
          to_be_falsy = function(actual) return not actual, "to be falsy" end,
          to_contain = function(actual, part) return contains(actual, part), "to contain " .. shown(part) end,
          to_start_with = function(actual, start) return begins(actual, start), "to start with " .. shown(start) end,
          to_match = function(actual, pattern)
            return type(actual) == "string" and actual:match(pattern) ~= nil, "to match " .. shown(pattern)
          end,
          to_have_length = function(actual, length) return #actual == length, "to have the length " .. shown(length) end,
          to_be_greater_than = function(actual, other) return actual > other, "to be greater than " .. shown(other) end,
          to_be_less_than = function(actual, other) return actual < other, "to be less than " .. shown(other) end,
          to_fail = function(actual, message)
            local ok, problem = pcall(actual)
            if ok then return false, "to fail" end
            if message == nil then return true, "to fail" end
            return contains(tostring(problem), message), "to fail with " .. shown(message) .. ", it failed with " .. shown(tostring(problem))
          end,
        }
        function expect(actual)
          local negated = false
          local object = {}
          return setmetatable(object, { __index = function(_, name)
            if name == "never" then negated = true return object end
            local matcher = matchers[name]
            if not matcher then error("expect has no matcher `" .. tostring(name) .. "`", 2) end
            return function(...)
              local holds, wanted = matcher(actual, ...)
              if holds ~= negated then return object end
              local what = type(actual) == "function" and "the function" or shown(actual)
              error("expected " .. what .. (negated and " not " or " ") .. wanted, 2)
            end
          end })
        end

        -- commands answered in the test's place
        function on(command)
          local answers = { command = command }
          function answers:returns(answer) stub(command, answer or {}) return self end
          function answers:fails(message, code) stub(command, { exit = code or 1, stderr = message }) return self end
          return answers
        end

        -- running a runbook; a call of `runbook` with a table stays what it is
        local header = runbook
        runbook = setmetatable({ run = function(file, options) return run_file(file, options or {}) end },
          { __call = function(_, fields) return header(fields) end })
        """#
}
