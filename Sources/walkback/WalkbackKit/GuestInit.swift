// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Glibc
import Guest

/// The first process of a guest, or a run in real time on this machine's kernel. Users do not call it.
struct GuestInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guest", abstract: "Execute the run plan of a run directory on this kernel.", shouldDisplay: false)

    @Option(help: "Run on this machine's own kernel, with this run directory.")
    var here: String?

    func run() throws {
        if let here {
            Glibc.exit(GuestBringUp.run(here: here, GuestRun.perform))
        } else {
            GuestBringUp.runAsFirstProcess(GuestRun.perform)
        }
    }
}
