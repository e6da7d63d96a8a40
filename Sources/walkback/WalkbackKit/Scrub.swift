// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Derivation
import Determinism
import Documents
import Glibc
import Scrubbing
import System
import SystemPackage

struct Scrub: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Remove personal data from a capture: keep what traces need, with pseudonyms for addresses.",
        discussion: """
            Example: walkback scrub walk.pcapng --output walk-public.pcapng

            Everything that is not known to be harmless becomes zero. Addresses of the same network get pseudonyms in \
            the same network. If there is an event log next to the capture (walk.events.jsonl), it is scrubbed, too. \
            Scrub several captures of one walk with the same --key so that their pseudonyms match; make the key long, \
            and keep it secret. Times, lengths, ports and signal strengths are not hidden.
            """)

    @Argument(help: "Capture to scrub, a pcap or pcapng file.")
    var capture: String

    @Option(help: "Pcapng file to write; it must not exist.")
    var output: String

    @Option(help: "Secret from which the pseudonyms are computed. (default: random)")
    var key: String?

    func run() throws {
        var pseudonyms = Pseudonyms(key: key ?? Self.randomKey())
        let target = FilePath(output)
        try Self.refuseExisting(target)
        // Both files get their names when both are complete.
        let (directory, name) = try HeldDirectory.holding(target)
        let temporary = target.removingLastComponent().appending("\(name).new")
        var staged = [name]
        directory.discard(staged)
        do {
            let summary = try scrub(to: temporary, &pseudonyms)
            let events = CaptureSource(file: capture).eventsFile
            if access(events, F_OK) == 0 {
                let scrubbed = FilePath(CaptureSource(file: output).eventsFile)
                try Self.refuseExisting(scrubbed)
                staged.append(try HeldDirectory.holding(scrubbed).name)
                try directory.stage(staged[1], Array(try CaptureScrub.scrubEvents(events, &pseudonyms).utf8))
            }
            try directory.place(staged)
            Walkback.write("\(output): \(summary.packets) packets\n", to: 1)
            if staged.count > 1 { Walkback.write("\(CaptureSource(file: output).eventsFile): events\n", to: 1) }
        } catch {
            directory.discard(staged)
            guard let fault = error as? Fault else { throw error }
            throw Fault(fault.code, fault.message.replacing(temporary.string, with: output))
        }
    }

    private static func refuseExisting(_ path: FilePath) throws {
        guard access(path.string, F_OK) != 0 else {
            throw Fault(.failed, "'\(path)' exists and is not overwritten; choose another --output")
        }
    }

    private func scrub(to output: FilePath, _ pseudonyms: inout Pseudonyms) throws -> CaptureScrub.Summary {
        let summary = try CaptureScrub.scrub(capture, to: output, &pseudonyms)
        for damage in summary.damage { Walkback.print(standardError: "note: \(capture): damage \(damage)") }
        if summary.packetsWithoutTime > 0 {
            Walkback.print(
                standardError:
                    "note: \(summary.packetsWithoutTime) packets had no time; only their place and length are left")
        }
        return summary
    }

    private static func randomKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(generator.next(), radix: 16) }.joined(separator: ".")
    }
}
