import Testing

@testable import ClusterSim

/// The shell of simulated containers.
@Suite("The shell of a container")
struct ShellTests {
    private func run(_ script: String, input: String = "") -> (out: String, errors: String, status: Int) {
        var contents = ContainerContents()
        contents.environment = ["HOME": "/root", "LIST": "a b  c", "EMPTY": ""]
        contents.files = [
            "/etc/app/one.conf": Array("1\n".utf8), "/etc/app/two.conf": Array("2\n".utf8),
            "/data": Array("x 1\ny 2\n".utf8),
        ]
        var shell = ContainerShell(contents)
        let output = shell.script(script, input: Array(input.utf8))
        return (
            String(decoding: output.out, as: UTF8.self), String(decoding: output.errors, as: UTF8.self), output.status
        )
    }

    @Test(
        "scripts are followed",
        arguments: [
            ("if test -f /data; then echo yes; else echo no; fi", "yes\n"),
            ("if false; then echo a; elif [ 1 -lt 2 ]; then echo b; else echo c; fi", "b\n"),
            ("for i in 1 2 3; do echo $i; done", "1\n2\n3\n"),
            ("for x in $LIST; do printf '<%s>' $x; done", "<a><b><c>"),
            ("for x in \"$LIST\"; do echo \"$x\"; done", "a b  c\n"),
            ("for f in /etc/app/*.conf; do cat $f; done", "1\n2\n"),
            ("for i in $(seq 3); do [ $i = 2 ] && continue; echo $i; done", "1\n3\n"),
            ("i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; echo $i", "3\n"),
            ("until [ -f /tmp/x ]; do echo wait; touch /tmp/x; done", "wait\n"),
            ("while read a b; do echo $b$a; done < /data", "1x\n2y\n"),
            ("cat /data | while read a b; do echo $a; done | tail -1", "y\n"),
            ("while true; do echo once; break; done", "once\n"),
            ("case $HOME in /root) echo r;; *) echo other;; esac", "r\n"),
            ("case a.tar.gz in *.zip|*.gz) echo packed ;; esac", "packed\n"),
            ("f() { echo \"$1-$#\"; return 4; }; f x y; echo $?", "x-2\n4\n"),
            ("( cd /tmp; pwd ); pwd", "/tmp\n/\n"),
            ("{ echo a; echo b; } > /tmp/o; wc -l /tmp/o", "2\n"),
            ("! false && echo turned", "turned\n"),
            ("a=$(echo in); echo \"[$a]\" `echo back`", "[in] back\n"),
            ("echo ${NONE:-fall} ${EMPTY:-f} ${EMPTY-g} ${HOME:+set} ${#HOME}", "fall f set 5\n"),
            ("p=/a/b.txt; echo ${p##*/} ${p%/*} ${p%.txt}", "b.txt /a /a/b\n"),
            ("X=1 env | grep '^X='; echo \"[$X]\"", "X=1\n[]\n"),
            ("echo a:b:c | cut -d: -f2 | tr a-z A-Z", "B\n"),
            ("echo 'a b' \"c  d\" e\\ f # g", "a b c  d e f\n"),
            ("test -n a -a -z '' && echo both", "both\n"),
        ])
    func follows(_ script: String, _ out: String) {
        let result = run(script)
        #expect(result.out == out, "\(script): \(result.errors)")
    }

    @Test(
        "the exit code is the script's",
        arguments: [
            ("set -e; false; echo not", 1), ("set -e; false || true; if false; then :; fi; exit 7", 7),
            ("exit 300", 44), ("for i in 1 2; do exit 9; done", 9), ("false; true", 0), ("nosuch", 127),
            ("[ 1 -gt 2 ]", 1), ("f() { false; }; f", 1), ("if nosuch; then :; fi", 0),
        ])
    func status(_ script: String, _ status: Int) { #expect(run(script).status == status) }

    @Test(
        "what is not followed is said so, with 2",
        arguments: [
            ("cat <<EOF\nx\nEOF", "<<"), ("trap 'echo x' EXIT", "trap"), ("[[ a == a ]]", "[["),
            ("eval echo a", "eval"),
            ("echo ${x/a/b}", "${x/a/b}"), ("while true; do :; done", "a loop that goes on after 10000 rounds"),
        ])
    func refuses(_ script: String, _ construct: String) {
        let result = run(script)
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("sim: not understood: \"\(construct)\""), "\(result.errors)")
        #expect(result.out.isEmpty)
    }

    @Test(
        "a script that ends too soon is a syntax error",
        arguments: ["if true", "echo 'a", "for i in 1; do", "echo $(ls"])
    func incomplete(_ script: String) {
        let result = run(script)
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("sh: syntax error: unexpected end of file (expecting "), "\(result.errors)")
    }

    @Test("an unknown program is not found, and the simulator says why")
    func unknown() {
        let result = run("python3 -c x")
        #expect(
            result.errors
                == "sh: python3: not found\nsim: not understood: the simulator runs no image; its containers have no \"python3\"\n"
        )
    }

    @Test(
        "what containers run is followed, too",
        arguments: [
            ("if [ -z \"$A\" ]; then echo missing; exit 3; fi; sleep infinity", 3, ["missing"]),
            ("for i in 1 2; do echo $i; done; exit 4", 4, ["1", "2"]), ("exec false", 1, []),
        ])
    func programs(_ script: String, _ code: Int, _ lines: [String]) throws {
        var shell = ShellScript(environment: [:])
        shell.run(script)
        #expect(shell.exitCode == code)
        #expect(shell.lines == lines)
    }

    @Test("a loop without an end runs for ever, after what came before it")
    func endless() {
        var shell = ShellScript(environment: [:])
        shell.run("echo begins; while true; do sleep 5; done")
        #expect(shell.exitCode == nil && shell.lines == ["begins"])
    }
}
