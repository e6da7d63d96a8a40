// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import System
import SystemPackage
import Testing

/// Strategies that a program decides, on the real stack.
@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `A strategy that a program decides` {
    private let scratch: Scratch
    private let replay: FilePath

    init() throws {
        scratch = try Scratch()
        replay = try scratch.walk()
    }

    /// Compares with a program that has this text.
    private func compare(
        _ program: String, options: [String] = ["--allow-commands"], name: String = "mine"
    ) throws -> Walkback.Outcome {
        let script = try scratch.write("policy", program)
        chmod(script.string, 0o755)
        let text = try Walkback.text(replay)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("strategies:") && !$0.hasPrefix("seeds:") }
        let own = "strategies: [{name: \(name), command: ./policy}]\nseeds: 1\n"
        let mine = try scratch.write("mine.yaml", lines.joined(separator: "\n") + "\n" + own)
        return try Walkback.run(
            ["compare", mine.string, "--output", scratch.path.appending("out").string] + options)
    }

    private var document: String { get throws { try Walkback.text(scratch.path.appending("out/comparison.json")) } }

    @Test func `is not run unasked`() throws {
        let outcome = try compare("#!/bin/sh\necho no\n", options: [])
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(
            outcome.errors.contains("mine.yaml:") && outcome.errors.contains("--allow-commands"), "\(outcome.errors)")
    }

    @Test func `decides which path is used, and its hash and interpreter are recorded`() throws {
        // The cellular path is left at the first question and taken again at the second.
        let program = """
            #!/bin/sh
            n=0; while read -r line; do
            if [ $n = 0 ]; then echo '{"cellular": "none"}'; else echo '{"cellular": "backup"}'; fi; n=$((n + 1))
            printf '%s\\n' "$line" >&2
            done

            """
        let first = try compare(program)
        #expect(first.status == 0, "\(first.errors)")
        let text = try document
        #expect(text.contains("\"command\": \"./policy\"") && text.contains("\"sha256\": \""), "\(text.prefix(600))")
        #expect(text.contains("\"detail\": \"none\"") && text.contains("\"detail\": \"backup\""))
        let again = try compare(program)
        #expect(again.status == 0)
        #expect(try document == text)
    }

    @Test(
        arguments: [
            ("exit 3", "ended with status 3"),
            ("read -r line; echo 'Traceback: no such luck' >&2; exit 1", "its last line: \"Traceback: no such luck\""),
            ("while read -r line; do echo nonsense; done", "what is no JSON object"),
            ("while read -r line; do echo '{\"wifi\": \"sometimes\"}'; done", "it must be full, backup or none"),
            ("while read -r line; do echo '{\"satellite\": \"full\"}'; done", "the paths are wifi, cellular"),
            ("while read -r line; do sleep 1; echo '{}'; done", "did not answer within 10 ms"),
            ("read -r line; exec >&-; sleep 1000", "closed its output"),
            ("read -r line; yes nonsense | tr -d '\\n'", "a line that has no end"),
        ])
    func `ends the run where it dies, hangs or answers nonsense`(program: String, message: String) throws {
        let outcome = try compare("#!/bin/sh\n\(program)\n")
        #expect(outcome.status == 65, "\(outcome.errors)")
        #expect(outcome.errors.contains("strategy 'mine': its command './policy'"), "\(outcome.errors)")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test func `needs a name of its own and a program that is there`() throws {
        let taken = try compare("#!/bin/sh\n", name: "mptcp")
        #expect(taken.status == 65 && taken.errors.contains("a strategy 'mptcp' already"), "\(taken.errors)")
        let bad = try compare("#!/bin/sh\n", name: "Mine!")
        #expect(bad.status == 65 && bad.errors.contains("must be named with"), "\(bad.errors)")
        unlink(scratch.path.appending("policy").string)
        let text = try Walkback.text(scratch.path.appending("mine.yaml")).replacing("Mine!", with: "mine")
        let mine = try scratch.write("mine.yaml", text)
        let missing = try Walkback.run([
            "compare", mine.string, "--allow-commands", "--output", scratch.path.appending("out").string,
        ])
        #expect(missing.status == 64 && missing.errors.contains("there is no such file"), "\(missing.errors)")
    }
}
