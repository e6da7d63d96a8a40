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
        let summary = try CaptureScrub.scrub(capture, to: FilePath(output), &pseudonyms)
        for damage in summary.damage { Walkback.print(standardError: "note: \(capture): damage \(damage)") }
        if summary.packetsWithoutTime > 0 {
            Walkback.print(
                standardError:
                    "note: \(summary.packetsWithoutTime) packets had no time; only their place and length are left")
        }
        Walkback.write("\(output): \(summary.packets) packets\n", to: 1)
        let events = CaptureSource(file: capture).eventsFile
        guard access(events, R_OK) == 0 else { return }
        let text = try CaptureScrub.scrubEvents(events, &pseudonyms)
        let target = FilePath(CaptureSource(file: output).eventsFile)
        guard access(target.string, F_OK) != 0 else {
            throw Fault(.failed, "'\(target)' exists and is not overwritten; choose another --output")
        }
        let (directory, name) = try HeldDirectory.holding(target)
        try directory.replace(name, with: Array(text.utf8))
        Walkback.write("\(target): events\n", to: 1)
    }

    private static func randomKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(generator.next(), radix: 16) }.joined(separator: ".")
    }
}
