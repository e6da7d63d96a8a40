// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The command with all of its subcommands.
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walkback",
        abstract: "Replay a recorded walk through the real Linux Multipath TCP stack.",
        discussion: """
            Example: walkback compare Replays/indoor-walk.yaml

            Exit codes: 0 success; 1 failure to run; 2 a gate was not met; 3 the measurement is not trustworthy; \
            64 wrong usage; 65 bad input file; 69 a feature is missing; 77 missing permission; 130 interrupted.
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
