import Foundation
import Testing

/// Programs whose output must not change when they are instrumented.
enum BehaviourCorpus {
    static let programs: [String] = [
        "local function f(...) return select('#', ...) end\nprint(f((nil == nil)), f(1 == 1, ...), f(f() == f()))",
        "local function none() end\nlocal function two() return 1, 2 end\nprint(none() == nil, two() == 1, not none(), not two(), (two()))",
        "local function two() return 1, 2 end\nprint(two() and two())\nprint(two() or two())\nprint(nil and two(), false or two())",
        "local function two() return 1, 2 end\nlocal t = { two() == 1, nil and two(), nil or two() }\nprint(#t, t[1], t[2], t[3])",
        "local function f(...) return ... and ... end\nprint(f(1, 2, 3))\nprint((f(nil, 2)))\nprint(select('#', f()))",
        "print(nil and 1, false and 1, nil or false, false or nil, 0 and 1, '' or 1, nil and nil or 'x')",
        "local log = {}\nlocal function p(v, n) log[#log + 1] = n; return v end\nlocal x = p(nil, 'a') and p(1, 'b') or p(2, 'c') and not p(3, 'd')\nprint(x, table.concat(log))",
        "for i = 1, 5 do\n  if i == 3 then goto continue end\n  if i ~= 4 and not (i > 4) then print(i) end\n  ::continue::\nend",
        "local fs = {}\nfor i = 1, 3 do local j = i; fs[i] = function() j = j + 1; return j == 3 and 'three' or j end end\nfor _, f in ipairs(fs) do print(f(), f()) end",
        "local i = 0\nrepeat local done = i == 3; i = i + 1 until done or i > 10\nprint(i)",
        "local n = 10\nwhile n ~= 0 and n do n = n // 2; if n == 2 then break end end\nprint(n)",
        "local obj = { v = 1 }\nfunction obj:is(x) return self.v == x end\nfunction obj:with(x) self.v = x; return self end\nif obj:with(2):is(2) and not obj:is(1) then print('ok', obj:is(2) == true) end",
        "local mt = { __eq = function(a, b) return a.n == b.n end }\nlocal a, b = setmetatable({ n = 1 }, mt), setmetatable({ n = 1 }, mt)\nprint(a == b, a ~= b, not (a == b), rawequal(a, b))",
        "local co = coroutine.wrap(function() local x = coroutine.yield(1) and coroutine.yield(2) or coroutine.yield(3); return x == 'c' end)\nprint(co(), co(true), co(nil), co('c'))",
        "print(pcall(function() local t; return t.x == 1 end))\nprint(pcall(function()\n  local t\n  if\n    t.x then end\nend))",
        "print(pcall(function() return 1 < 'x' or 2 end))\nprint(pcall(function() return 1 +\n {} == 2 end))",
        "print(pcall(function() for i = 'a', 2 do end end))\nprint(pcall(function() local n; for i = 1, n do end end))\nlocal z = 0\nprint(pcall(function() for i = 1, 2, z do end end))",
        "local function deep()\n  local x = nil\n  if x == nil then\n    error('boom')\n  end\nend\nlocal ok, tb = xpcall(function() return (deep()) end, function(m) return m .. tostring(debug.traceback('', 1):match('x:4:')) end)\nprint(ok, tb)",
        "local function lines()\n  return debug.getinfo(1, 'l').currentline == 2\nend\nprint(lines(), debug.getinfo(1,'l').currentline\n == 4)",
        "local function f(n) if n == 0 then return 'done' end return f(n - 1) end\nprint(f(100000))",
        "local function f(n) return n == 0 and 'done' or f(n - 1) end\nprint(f(100000))",
        "local a <const> = 1\nlocal s = 'x' == 'x' and a == 1\nprint(s, not a == nil, not (a == nil), 1 == 1.0, '1' == 1)",
        "local t = setmetatable({}, { __index = function(_, k) return k == 'a' and 1 or nil end })\nprint(t.a, t.b, not t.b, t.a == 1 and t.b == nil)",
        "goto start\n::back:: do print('back') return end\n::start::\nif not nil then goto back end",
        "local x = 5\nprint(x > 3 and x < 10, x >= 5 == true, not x == false, #'abc' == 3 and -x == -5, x ~= 5 or nil)",
        "print(((1 == 1)), (nil or (false and 1)), not not nil, not nil == not false)",
        "if (function() return nil end)() == nil then print 'nil' elseif 1 then print 'one' end",
        "local s = 0 for i = 10, 1, -3 do s = s + i end print(s) for i = s, s + 1 do print(i) end for x = 1.0, 2, 0.5 do print(x) end",
        "local ok, e = pcall(function()\n  local a = {}\n  return a.b.c\n    == 1\nend)\nprint(ok, e)",
        "local function v(...)\n  if ... then return 'first', ... end\n  return select('#', ...) == 0 and 'none', ...\nend\nprint(v(), v(1, 2), v(nil, 3))",
        "print(not\"x\"==false, not{}==true, 1==1 and\"y\"==\"y\", nil==nil)",
        "return print(1 == 1, type(nil) == 'nil')",
    ]

    /// What each program prints, run by the real interpreter with plain helpers and one unknown value.
    static func outputs(of programs: [String]) throws -> [String] {
        let runner = """
            local f = assert(io.open(arg[1], "rb"))
            local U = {}
            local unknown = setmetatable({}, U)
            U.__index = function() return unknown end
            U.__tostring = function() return "unknown" end
            local tests = {}
            function __rb_test(v, line, kind)
              if v ~= unknown then return v end
              print("branch " .. line .. " " .. kind)
              tests[line] = not tests[line]
              if kind == "while" and not tests[line] then return false end
              return v
            end
            function __rb_eq(a, b) if rawequal(a, unknown) or rawequal(b, unknown) then return unknown end return a == b end
            function __rb_ne(a, b) if rawequal(a, unknown) or rawequal(b, unknown) then return unknown end return a ~= b end
            function __rb_not(v) if v == unknown then return unknown end return not v end
            function __rb_guard(v) return v end
            function __rb_bound(v, line) if v ~= unknown then return v end print("branch " .. line .. " bound") return 1 end
            while true do
              local size = f:read("n")
              if not size then break end
              f:read(1)
              local env = setmetatable({ unknown = unknown, known = true }, { __index = _G })
              local ok, message = pcall(assert(load(f:read(size), "=x", "t", env)), 1, 2)
              if not ok then print("error", message) end
              io.write("\\0")
            end
            """
        var data = Data()
        for program in programs {
            data.append(Data("\(program.utf8.count)\n".utf8))
            data.append(Data(program.utf8))
        }
        let output = try ReferenceCompiler.run(script: runner, input: data)
        let texts = output.split(separator: 0, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        try #require(texts.count == programs.count + 1)
        return Array(texts.dropLast())
    }
}
