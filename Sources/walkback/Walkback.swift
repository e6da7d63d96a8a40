import ArgumentParser
import Glibc
import Units

/// The command line: parses, calls, prints. Results go to standard output, everything else to standard error.
@main
struct Walkback: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walkback",
        abstract: "Walk a recorded walk back through the real Linux Multipath TCP stack.",
        discussion: """
            Example: walkback compare Replays/indoor-walk.yaml

            Exit codes: 0 fine; 1 could not run; 2 a bar was not met; 3 measured but not trustworthy; 64 usage; \
            65 bad input file; 69 a feature is missing; 77 permission; 130 interrupted.
            """,
        version: version,
        subcommands: [
            Compare.self, Report.self, Check.self, BaselineCommand.self, Run.self, Record.self, FieldServerVerb.self,
            Inspect.self, Derive.self, Scrub.self, Import.self, Export.self, Synth.self, SweepCommand.self,
            PaperCommand.self,
            Doctor.self,
            GuestInit.self, Boot.self,
        ])

    static let version = "0.1.0"

    /// ArgumentParser's own `main` would exit 1 for every failure of ours.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let fault as Fault {
            fail(fault)
        } catch {
            exit(withError: error)
        }
    }

    private static func fail(_ fault: Fault) -> Never {
        print(standardError: "walkback: \(fault.message)")
        Glibc.exit(fault.code.rawValue)
    }

    static func print(standardError text: String) {
        write("\(text)\n", to: 2)
    }

    /// Writes all of it; a reader that has gone away is no error of ours.
    static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8)[...], to: descriptor)
    }

    static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }
}
