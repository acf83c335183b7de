/// Programs that the Lua compiler takes.
enum Corpus {
    static let valid: [String] = [
        "", ";", ";;;", "return", "return;", "return 1, 2, 3;", "return ...", "local a", "local a, b = 1",
        "local a <const> = 5; local b <close> = nil", "local a <const>, b <close> = 1",
        "a = 1; a, b.c, d[e] = 1, 2", "a.b.c['d'].e = f().g", "f()", "f{}", "f''", "f[[x]]", "a:b()", "a:b{}", "a:b''",
        "a.b:c(1)(2)[3]:d()", "(f)()", "(f or g)(1)", "local t = {1, 2; 3, a = 1, ['b'] = 2, [1+1] = 3, f(), ...}",
        "local t = {}", "local t = {1;}", "t = {a=1,}", "t = {[f()]=g}",
        "x = -2^2", "x = not a == b", "x = a .. b .. c", "x = 2^3^2", "x = a or b and c", "x = #t + -1 - ~1",
        "x = 1 // 2 % 3 << 4 >> 5 & 6 | 7 ~ 8", "x = a < b == (c >= d) ~= (e <= f)",
        "if a then elseif b then else end", "if a then return elseif b then return 1 end",
        "while true do break end", "repeat local x = 1 until x", "repeat until nil", "for i = 1, 2 do end",
        "for i = 1, 2, 3 do break end", "for k in pairs(t) do end", "for a, b, c in f, s, v, x do end",
        "function f() end", "function a.b.c.d() end", "function a.b:c(x, ...) return self, ... end",
        "local function f(a, b, ...) return f(...) end", "local f = function(...) return ... end",
        "do local x = 1 end", "goto done; ::done::", "for i = 1, 3 do goto continue; local x = i; ::continue:: end",
        "do goto l end ::l::", "::top:: if x then goto top end", "goto e; local a; ::e:: ; ::f::",
        "do ::a:: end do ::a:: end", "function f() ::a:: end ::a::",
        "repeat if x then goto c end ::c:: until true",
        "x = 0x10 + 0xA.8p1 + 1e5 + 1E-5 + .5 + 5. + 3e+2 + 0x.1p-3 + 0xffffffffffffffffff + 9223372036854775808",
        "x = 'a\\n\\t\\\\\\'\\\"\\065\\x41\\u{48}\\u{7FFFFFFF}\\z   \n  b\\\nc'", "x = [==[ ]] ]=] ]==]",
        "x = [[\n\nx]]",
        "--[[ long\ncomment ]] x = 1 -- end", "--[==[ ]] ]==] f()", "--[ not long\nf()", "-- only", "--", "--[=",
        "x = a--[[c]].b", "x = f --\n()", "local a <const> = 1; local function f() return a end",
        "local function f() local function g() return f, g end end",
        "return function(a) return function(b) return a + b end end",
        "x = \"é ü 漢字\"", "x = a\n(f)()", "break_ = 1; endx = 2", "local goto_ = 1", "x = {f = function() end, g = 1}",
        "f(function() return 1 end, {1, {2, {3}}})", "x = (((((1)))))", "x = ('x'):rep(3)", "x = ({1})[1]",
        "while a do if b then break end; goto c; ::c:: end", "for i = 1, 2 do local function g() return i end end",
        "local x <close> = setmetatable({}, {__close = function() end})", "local _ENV = {}; x = 1", "_ENV.x = 1",
        "local a = 1; do local a = a; a = 2 end", "if x then local y <const> = 1 end y = 2", "x=1 y=2",
        "return 0xe+1", "a.and_ = 1", "x = a.b.c.d.e.f.g", "x = - - -1", "x = not not a",
        "f(...)", "f(a, ...)", "x = {...}", "x, y = ...", "return (...)", "return f(), (g())", "\r\n\r\nx = 1\n\r",
        "x = '\\\r\n'", "local function f(...) local a, b = ... end", "do return end", "do return 1; end x = 1",
        "while 1 do return end", "if 1 then return 2; end", "x = 1 // 1", "x = 3 ~= 4", "x = ~ ~1", "x = a ~b",
        "x = 'ok'", "goto a; do ::b:: end ::a::", "do goto x; ::x:: end",
        "local function f() goto z; ::y:: ::z:: end", "for _ = 1, 1 do repeat break until true end",
    ]

    /// Texts that the Lua compiler refuses.
    static let invalid: [String] = [
        "end", "x", "x =", "x = = 1", "= 1", "1", "'a'", "f", "f(", "f)", "f(1", "f(1,", "f(1,)", "f{", "f{1", "f{a=}",
        "f{a 1}", "a.b", "a.", "a.1", "a:b", "a:b = 1", "a[", "a[1", "a[1] 2", "(a) = 1", "f() = 1", "a, f() = 1, 2",
        "a, b", "a, = 1", "local", "local 1", "local a.b", "local a =", "local a, = 1", "local function",
        "local function a.b() end",
        "local function f", "function", "function f", "function f(", "function f(a", "function f(a,",
        "function f(...,a) end",
        "function f(1) end", "function a:b.c() end", "function a:b:c() end", "function 1() end", "function() end",
        "if", "if a", "if a then", "if a then else", "if a then elseif", "if a then else else end",
        "if a then else elseif b then end", "while", "while a", "while a do", "repeat", "repeat until", "for", "for a",
        "for a =", "for a = 1", "for a = 1, do end", "for a = 1, 2", "for a = 1, 2, 3, 4 do end", "for a in",
        "for a in b",
        "for a, in b do end", "for a.b in c do end", "for 1 = 1, 2 do end", "do", "do do end", "return 1 2",
        "return x = 1", "return 1; x = 1",
        "break", "if a then break end", "function f() break end", "while a do function f() break end end",
        "goto", "goto 1", "goto x", "goto x; do ::x:: end", "function f() goto x end ::x::",
        "goto l; local a; ::l:: f()",
        "do goto l end; local a; ::l:: f()", "::a:: ::a::", "::a:: do ::a:: end", "::a", "::a:", "::", "::1::",
        "do ::a:: end goto a",
        "repeat goto c; local z; ::c:: until z", "while a do goto b end function f() ::b:: end",
        "local a <const> = 1; a = 2", "local a <const> = 1; function f() a = 2 end", "local a <close> = nil; a = 1",
        "local a <const> = 1; function a() end", "local a <foo> = 1", "local a <const = 1", "local a <> = 1",
        "local a <close>, b <close> = 1, 2", "local a <const> = 1; a, b = 1, 2", "local a <const> = 1; b, a = 1, 2",
        "function f() return ... end", "local function f(a) return function() return a, ... end end",
        "f = function() g(...) end",
        "x = 'abc", "x = \"abc\n\"", "x = 'abc\\", "x = '\\q'", "x = '\\300'", "x = '\\xZZ'", "x = '\\x1'",
        "x = '\\u{'", "x = '\\u41'",
        "x = '\\u{}'", "x = '\\u{80000000}'", "x = '\\u{41'", "x = '\\z", "x = [[abc", "x = [==[abc]]", "x = [=abc",
        "x = [=", "x = [==",
        "--[[ abc", "--[==[ abc ]]", "x = 3x", "x = 0x", "x = 0xg", "x = 1e", "x = 1e+", "x = 1..2", "x = 1.2.3",
        "x = 0x1p", "x = 0x1pz",
        "x = 08z", "x = 1_000", "x = 0b1", "x = 5e5.5", "x = ..5", "x = @", "x = $a", "x = a ? b", "x = a!", "x = `a`",
        "x = \\a", "x = é",
        "x = a && b", "x = a || b", "x = a != b", "x += 1", "x++", "x = a b", "x = a 'b' c", "x = a +", "x = + a",
        "x = a + * b",
        "x = not", "x = #", "x = (a", "x = (a))", "x = ()", "x = {", "x = {1", "x = {1 2}", "x = {,}", "x = {[1] 2}",
        "x = {[1 = 2}", "x = {=1}",
        "x = {a.b = 1}", "x = function", "x = function(", "x = function()", "x = function f() end", "and", "or = 1",
        "not = 1", "local end = 1",
        "a.end = 1", "x = nil.a", "x = 'a'.b", "x = 'a':b()", "x = {}.a", "nil = 1", "true = 1", "... = 1", "x = ... 1",
        "f().g", "f 'a' 'b' = 1",
        "x = a.b:c", "if a then\n\n\nx = 1", "for i = 1, 2 do\n\nif a then\nend", "f(\n1\n", "x = {\n1,\n2\n",
        "function f(\na\n", "while a do\n\n",
        "repeat\n\n", "do\n\n", "if a then\nelse\n\n", "x = (\na\n", "\u{1}", "x = \u{7F}", "x = 1 ; ; ; 2",
        "x = 1 # not a comment", "local x <const>; x = 1",
        "local a, b <const>, c = 1, 2, 3; c = 1; b = 2", "goto continue; local x; ::continue:: print(x)",
        "for i = 1, 3 do goto k; local x; ::k:: f() end",
    ]

    /// Texts at and over the compiler's limits.
    static var limits: [String] {
        func times(_ count: Int, _ text: (Int) -> String) -> String { (0..<count).map(text).joined() }
        var texts: [String] = []
        for count in [150, 194, 195, 196, 197, 198, 250, 5_000] {
            texts.append("x = " + times(count) { _ in "(" } + "1" + times(count) { _ in ")" })
            texts.append(times(count) { _ in "do " } + times(count) { _ in " end" })
            texts.append(times(count) { _ in "a," } + "a = 1")
            texts.append("x = " + times(count) { _ in "{" } + times(count) { _ in "}" })
            texts.append("x = " + times(count) { _ in "not " } + "a")
            texts.append("x = " + times(count) { _ in "a .. " } + "a")
            texts.append("x = " + times(count) { _ in "a ^ " } + "a")
            texts.append("x = f" + times(count) { _ in "(f" } + times(count) { _ in ")" })
            texts.append("f" + times(count) { _ in "()" })
        }
        for count in [98, 99, 100, 101, 120] {
            texts.append("x = " + times(count) { _ in "function() return " } + "1" + times(count) { _ in " end" })
        }
        texts.append("x = 1" + times(20_000) { _ in " + 1" })
        texts.append("x = a" + times(20_000) { _ in ".b" })
        texts.append("if a then " + times(5_000) { _ in "elseif b then " } + "end")
        for count in [199, 200, 201] {
            texts.append(times(count) { "local a\($0)\n" })
            texts.append("local " + times(count - 1) { "a\($0), " } + "z")
            texts.append("function f(" + times(count - 1) { "a\($0), " } + "z) end")
            texts.append("function f() " + times(count) { "local a\($0) " } + "end")
            texts.append("do " + times(count) { "local a\($0) " } + "end " + times(count) { "local b\($0) " })
        }
        for count in [195, 196, 197, 198] {
            texts.append(times(count) { "local a\($0)\n" } + "for i = 1, 2 do end")
            texts.append(times(count) { "local a\($0)\n" } + "for k in x do end")
        }
        for count in [252, 253, 254, 255, 256, 300] {
            texts.append("f(" + times(count - 1) { _ in "1, " } + "1)")
            texts.append("return " + times(count - 1) { _ in "1, " } + "1")
            texts.append("local a, b; f(" + times(count - 1) { _ in "1, " } + "1)")
        }
        for count in [126, 127, 128] {
            let outer = times(count) { "local a\($0)\n" } + "local function f()\n" + times(count) { "local b\($0)\n" }
            let inner = times(count) { "x = a\($0) x = b\($0)\n" }
            texts.append(outer + "return function()\n" + inner + "end end")
        }
        return texts
    }
}

extension Corpus {
    /// A program that uses every construct once.
    static let program = """
        local util , count < const > = require "util" , 0x1F
        local function join ( list , ... )
          local out = { }
          for i , v in ipairs ( list ) do
            if v == nil then goto continue elseif not v then break else out [ # out + 1 ] = tostring ( v ) end
            :: continue ::
          end
          return table.concat ( out , ... ) , select ( "#" , ... )
        end
        function util.a.b : c ( x ) self.x = x or - 1 ; return self end
        for i = 1 , 10 , 2 do
          while i < 5 and util : ok { i , [ i ] = "x" , name = 'y' } do repeat local z = i // 2 until z >= 1 end
        end
        do local t <close> = nil ; t2 , t3.x = ( join { } ) , function ( ) return ~ 1 & 2 | 3 ~ 4 << 1 >> 1 end end
        return [==[ long ]] ]==] .. 1.5e3 .. ...
        """
}
