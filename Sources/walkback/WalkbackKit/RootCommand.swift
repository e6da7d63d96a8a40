// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The command with all of its subcommands.
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walkback",
        abstract: "Walk a recorded walk back through the real Linux Multipath TCP stack.",
        discussion: """
            Example: walkback compare Replays/indoor-walk.yaml

            Exit codes: 0 fine; 1 could not run; 2 a gate was not met; 3 measured but not trustworthy; 64 usage; \
            65 bad input file; 69 a feature is missing; 77 permission; 130 interrupted.
            """,
        version: Walkback.version,
        subcommands: [
            Compare.self, Report.self, Check.self, BaselineCommand.self, Run.self, Record.self, FieldServerVerb.self,
            Inspect.self, Derive.self, Scrub.self, Import.self, Export.self, Synth.self, SweepCommand.self,
            PaperCommand.self,
            Doctor.self,
            GuestInit.self, Boot.self,
        ])
}
