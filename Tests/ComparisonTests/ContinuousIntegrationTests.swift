// SPDX-License-Identifier: Apache-2.0
import Determinism
import Glibc
import SystemPackage
import Testing
import Yams

/// The files for CI services in the documentation are read as YAML, and their commands run as a shell runs them.
@Suite(.enabled(if: Walkback.canRun, Walkback.whyNot)) struct `The files for CI services` {
    private static let page = FilePath(#filePath).removingLastComponent().removingLastComponent()
        .removingLastComponent().appending("Documentation/continuous-integration.md")

    /// The YAML files on the page, in order.
    private func files() throws -> [[String: Any]] {
        let text = try Walkback.text(Self.page)
        #expect(!text.isEmpty)
        let blocks = text.split(separator: "```yaml\n").dropFirst().compactMap { $0.split(separator: "```").first }
        return try blocks.map { try #require(try Yams.load(yaml: String($0)) as? [String: Any]) }
    }

    /// The commands for the service's shell, without those that build Walkback or install something.
    private func commands(_ file: [String: Any]) throws -> [String] {
        var all: [String] = []
        if let jobs = file["jobs"] as? [String: [String: Any]] {
            let steps = try #require(jobs["check"]?["steps"] as? [[String: Any]])
            #expect(steps.allSatisfy { $0["run"] != nil || $0["uses"] != nil })
            all = steps.compactMap { $0["run"] as? String }
        } else {
            let job = try #require(file["walkback"] as? [String: Any])
            all = try #require(job["before_script"] as? [String]) + (try #require(job["script"] as? [String]))
        }
        #expect(all.contains { $0.hasPrefix("apt-get") } && all.contains("make build kernel"))
        return all.filter { !$0.hasPrefix("apt-get") && $0 != "make build kernel" }
    }

    @Test func `are two, and their commands pass and fail as they should`() throws {
        let files = try files()
        #expect(files.count == 2)
        for file in files {
            let commands = try commands(file)
            #expect(commands.count >= 2)
            // A project as the commands find it: the program, the kernel's script, a replay and no baseline yet.
            let project = try Scratch()
            _ = try project.walk(extra: "gates: {mptcp/capacity-sum: \">= 0.5\"}")
            for directory in [".build", ".build/release", "Kernel", "Replays", "Replays/baselines"] {
                mkdir(project.path.appending(directory).string, 0o755)
            }
            let kernel = try #require(Walkback.kernel)
            try project.write("Kernel/build", "#!/bin/sh\n[ \"$1\" = --path ] && echo '\(kernel)'\n")
            chmod(project.path.appending("Kernel/build").string, 0o755)
            let program = try #require(Walkback.path)
            symlink(program.string, project.path.appending(".build/release/walkback").string)
            func run(_ lines: [String]) throws -> Walkback.Outcome {
                try project.write("job.sh", "set -eu\ncd '\(project.path)'\n" + lines.joined(separator: "\n") + "\n")
                return try Walkback.run(
                    [], wrapper: "exec /bin/sh '\(project.path)/job.sh'",
                    environment: [
                        "REPLAYS": "walk.yaml", "SEEDS": "2",
                        "GITHUB_STEP_SUMMARY": project.path.appending("summary").string, "WALKBACK_KERNEL": "",
                    ])
            }
            let first = try run([
                commands[0], ".build/release/walkback baseline save results", ".build/release/walkback baseline list",
            ])
            #expect(first.status == 0, "\(first.errors)")
            #expect(first.output.contains("Replays/baselines/walk.json"))
            let unchanged = try run(["rm -rf results"] + commands)
            #expect(unchanged.status == 0, "\(unchanged.errors)")
            #expect(
                unchanged.output.contains("The result is bit-identical to the baseline in all 6 runs."),
                "\(unchanged.output)")
            // A gate that cannot be met: the comparison's command passes, the check fails, and its report is there.
            _ = try project.walk(extra: "gates: {mptcp/capacity-sum: \">= 1.5\"}")
            let missed = try run(["rm -rf results Replays/baselines/*"] + [commands[0]])
            #expect(missed.status == 0, "\(missed.errors)")
            let failed = try run([".build/release/walkback baseline save results"] + commands.dropFirst())
            #expect(failed.status == 2, "\(failed.errors)")
            #expect(try Walkback.text(project.path.appending("results/check.md")).contains("FAILED"))
            #expect(try Walkback.text(project.path.appending("results/junit.xml")).contains("<failure"))
        }
    }
}
