// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Pcap
import Quantities
import SystemPackage
import Testing
import Traces

@testable import Derivation

/// Captures that ask for more than there is: time, interfaces, memory.
@Suite struct `A capture without bounds` {
    private let scratch: ScratchDirectory

    init() throws {
        scratch = try ScratchDirectory()
    }

    /// A capture of one packet at each of some times.
    ///
    /// - Parameter interfaces: each packet has an interface of its own, of this many; nil: all have the same.
    private func record(_ nanoseconds: [Int64], interfaces: Int? = nil) throws {
        var writer = try PcapngWriter(to: CaptureFile(creating: scratch.file("walk.pcapng")))
        for number in 0..<(interfaces ?? 1) {
            _ = try writer.addInterface(
                CaptureInterface(name: "if\(number)", linkType: .raw, snapLength: ByteCount(128)))
        }
        for (index, time) in nanoseconds.enumerated() {
            try PacketMaker.echo(outbound: true, sequence: 1).withUnsafeBytes {
                try writer.write(
                    $0, originalLength: ByteCount(Int64($0.count)), time: Timestamp(nanoseconds: time),
                    interface: interfaces == nil ? 0 : index, direction: .outbound)
            }
        }
        try writer.flush()
    }

    private func refusal(bin: Duration = .milliseconds(100), shift: Duration = .zero) -> Fault? {
        #expect(throws: Fault.self) {
            try Derivation(
                Derivation.Options(
                    name: "walk", sources: [CaptureSource(file: scratch.file("walk.pcapng").string)], bin: bin,
                    shifts: [shift]))
        }
    }

    private static let start: Int64 = 1_700_000_000_000_000_000
    private static let hour: Int64 = 3_600_000_000_000

    @Test(
        arguments: [
            .zero, .nanoseconds(1), .microseconds(1), .milliseconds(3), .seconds(2), .seconds(-1),
            .milliseconds(1) + Duration(secondsComponent: 0, attosecondsComponent: 1),
        ] as [Duration])
    func `has no bins that do not divide a second`(bin: Duration) throws {
        try record([Self.start])
        let fault = refusal(bin: bin)
        #expect(fault?.code == .usage)
        #expect(fault?.message.hasPrefix("--bin must divide a second and be at least 1 ms") == true)
    }

    @Test func `of two days in milliseconds is refused with a bin that fits`() throws {
        try record([Self.start, Self.start + 47 * Self.hour])
        let fault = refusal(bin: .milliseconds(1))
        #expect(fault?.code == .badInput)
        #expect(fault?.message.contains("are 169201000 bins of 1 ms") == true, "\(fault?.message ?? "")")
        #expect(fault?.message.contains("choose a longer --bin, such as 200ms") == true, "\(fault?.message ?? "")")
    }

    @Test func `of two days in tenths of a second is derived`() throws {
        try record([Self.start, Self.start + 47 * Self.hour])
        let result = try Derivation(
            Derivation.Options(name: "walk", sources: [CaptureSource(file: scratch.file("walk.pcapng").string)]))
        #expect(result.traces[0].duration == .seconds(169_200) + .milliseconds(100))
    }

    /// The whole second before the first instant that there is cannot be named.
    @Test func `at the beginning of time is refused`() throws {
        try record([0])
        let fault = refusal(shift: .nanoseconds(Int64.min))
        #expect(fault?.message.contains("those of a walk must be from 1824 to 2115") == true)
    }

    @Test func `of more interfaces than a walk has is refused`() throws {
        try record((0..<65).map { Self.start + $0 }, interfaces: 65)
        #expect(refusal()?.message.contains("has packets of more than 64 interfaces") == true)
    }
}

/// What an observation keeps of an endless capture.
@Suite struct `What is kept of round trips` {
    private func trip(second: Int64, milliseconds: Int64) -> FlowObserver.RoundTrip {
        let received = Timestamp(nanoseconds: second * 1_000_000_000 + 500_000_000)
        return .init(sent: received.shifted(by: .milliseconds(-milliseconds)), received: received)
    }

    @Test func `is all of them, as long as they fit`() {
        var sample = RoundTripSample(most: 100)
        let trips = (0..<99).map { trip(second: $0 / 10, milliseconds: 20 + $0 % 7) }
        trips.forEach { sample.append($0) }
        #expect(sample.trips == trips)
    }

    @Test func `is a sample of them beyond that, with the shortest of each second`() {
        var sample = RoundTripSample(most: 1000)
        for second in 0..<100 as Range<Int64> {
            for index in 0..<1000 as Range<Int64> {
                sample.append(trip(second: second, milliseconds: index == second * 7 ? 10 : 50 + index % 3))
            }
        }
        #expect(sample.trips.count < 1000 && sample.trips.count > 250)
        #expect(sample.trips.map(\.received) == sample.trips.map(\.received).sorted())
        for second in 0..<100 as Range<Int64> {
            let own = sample.trips.filter { $0.received.number(of: 1_000_000_000) == second }
            #expect(own.map(\.time).min() == .milliseconds(10), "second \(second)")
        }
    }

    @Test func `does not grow, whatever the trips are`() {
        // Each is the shortest of its second.
        var sample = RoundTripSample(most: 1000)
        for second in 0..<100_000 as Range<Int64> { sample.append(trip(second: second, milliseconds: 20)) }
        #expect(sample.trips.count < 1000)
    }
}

@Suite struct `The last instant of a log` {
    /// The same as looking at every instant from the end, also if the log's clock was set back.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `before a time is found`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let instants = (0..<generator.next(below: 30)).map { _ in
            Timestamp(nanoseconds: Int64(generator.next(below: 40)))
        }
        let last = LastInstant(instants)
        for time in -1...41 as ClosedRange<Int64> {
            let expected = instants.lastIndex { $0.nanoseconds <= time }
            #expect(last.index(at: Timestamp(nanoseconds: time)) == expected, "seed \(seed)")
        }
    }
}
