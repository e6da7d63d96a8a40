// SPDX-License-Identifier: Apache-2.0
import Glibc
import System
import SystemPackage
import Testing

/// Output directories that somebody else prepared, and programs that plant something in them.
@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `Planted files` {
    private let scratch: Scratch
    private let replay: FilePath
    private let output: FilePath
    /// A file that only planted links lead to.
    private let victim: FilePath

    init() throws {
        scratch = try Scratch()
        replay = try scratch.walk()
        output = scratch.path.appending("out")
        victim = scratch.path.appending("home").appending("thesis.tex")
        mkdir(scratch.path.appending("home").string, 0o755)
        try scratch.write("home/thesis.tex", "chapter 1")
    }

    private func plant(_ name: String, linkTo target: FilePath) {
        #expect(symlink(target.string, output.appending(name).string) == 0)
    }

    private func expectWhole(_ note: Comment) throws {
        #expect(try Walkback.text(victim) == "chapter 1", note)
        #expect(Files.entries(of: victim.removingLastComponent()) == ["thesis.tex"], note)
    }

    private var verbs: [[String]] {
        get throws {
            let grid = try scratch.write("grid.yaml", "name: grid\nreplay: walk.yaml\nstrategies: [tcp-wifi]\n")
            return [
                ["compare", replay.string, "--strategies", "tcp-wifi", "--output", output.string],
                ["sweep", grid.string, "--engine", "fluid", "--output", output.string],
                ["run", replay.string, "--output", output.string, "--", "true"],
            ]
        }
    }

    @Test(arguments: [".partial", ".partial/lock"])
    func `are refused where Walkback works`(name: String) throws {
        mkdir(output.string, 0o755)
        if name != ".partial" { mkdir(output.appending(".partial").string, 0o755) }
        plant(name, linkTo: name == ".partial" ? victim.removingLastComponent() : victim)
        for verb in try verbs {
            let outcome = try Walkback.run(verb)
            #expect(outcome.status == 1, "\(verb): \(outcome.errors)")
            #expect(outcome.errors.contains("\(output)/\(name) is a link"), "\(outcome.errors)")
            #expect(outcome.errors.contains("remove it"), "\(outcome.errors)")
            try expectWhole("\(verb)")
        }
    }

    @Test func `are replaced and not written through`() throws {
        for verb in try verbs {
            #expect(try Walkback.run(verb).status == 0, "\(verb)")
            for name in Files.entries(of: output) where Files.isFile(output.appending(name)) {
                unlink(output.appending(name).string)
                plant(name, linkTo: victim)
                plant("\(name).new", linkTo: victim)
            }
            let again = try Walkback.run(verb)
            #expect(again.status == 0, "\(verb): \(again.errors)")
            try expectWhole("\(verb)")
            Files.removeDirectory(output)
        }
    }

    @Test func `are not followed by what writes reports and baselines`() throws {
        #expect(try Walkback.run(verbs[0]).status == 0)
        for name in ["report.html", "figure1.svg", "check.md", "junit.xml"] {
            unlink(output.appending(name).string)
            plant(name, linkTo: victim)
            plant("\(name).new", linkTo: victim)
        }
        for verb in [["report", output.string], ["check", output.string]] {
            let outcome = try Walkback.run(verb)
            #expect(outcome.status == 0, "\(outcome.errors)")
            try expectWhole("\(verb)")
        }
        let base = scratch.path.appending("base")
        mkdir(base.string, 0o755)
        symlink(victim.string, base.appending("walk.json").string)
        symlink(victim.string, base.appending("walk.json.new").string)
        let saved = try Walkback.run(["baseline", "save", output.string, "--in", base.string])
        #expect(saved.status == 0, "\(saved.errors)")
        try expectWhole("baseline")
    }

    @Test func `are refused in the place of a walk's directory`() throws {
        try scratch.write("other.yaml", try Walkback.text(replay).replacing("name: walk", with: "name: other"))
        mkdir(output.string, 0o755)
        plant("walk", linkTo: victim.removingLastComponent())
        let outcome = try Walkback.run([
            "compare", replay.string, scratch.path.appending("other.yaml").string, "--strategies", "tcp-wifi",
            "--output", output.string,
        ])
        #expect(outcome.status == 1 && outcome.errors.contains("\(output)/walk is a link"), "\(outcome.errors)")
        try expectWhole("walks")
    }

    /// What a program does to the files that the host reads after it, with the exit status of walkback.
    @Test(
        arguments: [
            ("rm -rf \"$WALKBACK_OUTPUT/.partial\"; ln -s '%' \"$WALKBACK_OUTPUT/.partial\"", nil),
            ("for f in run.json series.csv run.json.new; do ln -s '%/thesis.tex' \"$WALKBACK_OUTPUT/$f\"; done", 0),
            ("cd \"$WALKBACK_OUTPUT\"; rm stdout.txt; mkfifo stdout.txt; ln -sf '%/thesis.tex' stderr.txt", 0),
            ("cd /dev/walkback; mkfifo series.bin; mkdir program-record.json; ln -s '%/thesis.tex' status", nil),
            ("cd /dev/walkback; ln -s '%/thesis.tex' fault.json; mkdir status", nil),
        ] as [(String, Int32?)])
    func `by a program harm nothing outside`(script: String, status: Int32?) throws {
        let home = victim.removingLastComponent().string
        let outcome = try Walkback.run([
            "run", replay.string, "--output", output.string, "--", "sh", "-c", script.replacing("%", with: home),
        ])
        if let status { #expect(outcome.status == status, "\(outcome.errors)") }
        #expect([0, 1].contains(outcome.status), "\(outcome.status): \(outcome.errors)")
        #expect(outcome.status == 0 || outcome.errors.contains("walkback: "), "\(outcome.errors)")
        try expectWhole("\(script)")
        // The next run is not kept from its work.
        let next = try Walkback.run(["run", replay.string, "--output", output.string, "--", "true"])
        #expect(next.status == 0 || next.errors.contains("; remove it"), "\(next.errors)")
        try expectWhole("after \(script)")
    }
}
