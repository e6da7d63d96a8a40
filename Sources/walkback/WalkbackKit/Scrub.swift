// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Determinism
import Documents
import Glibc
import Scrubbing
import System
import SystemPackage

struct Scrub: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Take out of a capture what names people: addresses become pseudonyms, payloads and positions go.",
        discussion: """
            Example: walkback scrub walk.pcapng --output walk-public.pcapng

            Addresses that share a network share one afterwards. The event log beside a capture (walk.events.jsonl) is \
            scrubbed with it. Several captures of a walk need the same --key to stay comparable: keep it to yourself.
            """)

    @Argument(help: "A pcap or pcapng file.")
    var capture: String

    @Option(help: "The pcapng file to write; it must not be there yet.")
    var output: String

    @Option(help: "What the pseudonyms are drawn from; without it something that nobody knows.")
    var key: String?

    func run() throws {
        var pseudonyms = Pseudonyms(key: key ?? Self.randomKey())
        let summary = try CaptureScrub.scrub(capture, to: FilePath(output), &pseudonyms)
        for damage in summary.damage { Walkback.print(standardError: "note: \(capture): damage \(damage)") }
        if summary.packetsWithoutTime > 0 {
            Walkback.print(
                standardError:
                    "note: \(summary.packetsWithoutTime) packets had no time; they have that of the one before")
        }
        Walkback.write("\(output): \(summary.packets) packets\n", to: 1)
        let events = Self.eventsPath(capture)
        guard access(events, R_OK) == 0 else { return }
        let text = try CaptureScrub.scrubEvents(events, &pseudonyms)
        let target = FilePath(Self.eventsPath(output))
        guard access(target.string, F_OK) != 0 else {
            throw Fault(.failed, "'\(target)' exists already, and is not overwritten; choose another --output")
        }
        try OutputDirectory.replace(target, with: Array(text.utf8))
        Walkback.write("\(target): events\n", to: 1)
    }

    private static func eventsPath(_ capture: String) -> String {
        (capture.hasSuffix(".pcapng") ? String(capture.dropLast(".pcapng".count)) : capture) + ".events.jsonl"
    }

    private static func randomKey() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in String(generator.next(), radix: 16) }.joined(separator: ".")
    }
}
