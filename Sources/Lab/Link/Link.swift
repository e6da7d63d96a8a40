// SPDX-License-Identifier: Apache-2.0
import CBPF
import Documents
import Glibc
import Quantities
import Synchronization
import System
import SystemPackage
import Traces

/// One direction of one path in the kernel: a shaper at the near end, an independent meter at the far end.
///
/// The shaper gives each packet its departure time from the path's capacity curve and leaves the waiting to the `fq`
/// qdisc below it, whose limits and horizon must be at their maximum. Usage, in this order: create the clsact qdiscs,
/// attach both programs, `start`. Until `start` packets pass unshaped. A link is used by one thread; apart from it,
/// only the kernel works on the link.
package final class Link {
    /// Departures further ahead than this are refused: fq keeps nothing beyond its horizon (32 bits of microseconds).
    package static let horizon = Duration.seconds(4294)

    private let object: BPFObject
    let state: Mapping<walkback_link>
    let shaperBins: Mapping<walkback_shaper_bin>
    let meterBins: Mapping<UInt64>
    let log: Mapping<walkback_arrival>

    /// What detachments removed from the qdisc; counted here because no program sees it go.
    private(set) var lostAtDetachment = Count()
    private(set) var lostInBins: [Int: UInt32] = [:]
    /// Packets that had passed the shaper but not arrived before the start, when nothing waits.
    private var unmeteredAtStart = Count()

    /// Loads the programs and the table; nothing is attached yet.
    ///
    /// - Parameters:
    ///   - tableFile: an encoded `LinkTable`, read directly into the kernel's memory.
    ///   - jitter: added to every delay.
    ///   - seed: seed of the draw that decides which packets are lost.
    ///   - bins: how many bins of 10 ms are kept.
    ///   - packetLog: the number of arriving packets whose time and length are kept.
    /// - Throws: `Fault`: `.badInput` if the file is not a valid table, `.missingFeature`, `.permission`.
    package init(tableFile: FilePath, jitter: Duration, seed: UInt64, bins: Int, packetLog: Int = 0) throws {
        let file = try TableFile(tableFile)
        let header = file.header
        object = try BPFObject.load(
            PackageResources.link_bpf_o,
            sizes: [
                ("points", header.points), ("conditions", header.conditions), ("shaper_bins", bins),
                ("meter_bins", bins), ("packet_log", packetLog),
            ])
        let points = try Mapping<walkback_point>(object.map("points"), count: header.points)
        let conditions = try Mapping<walkback_condition>(object.map("conditions"), count: header.conditions)
        guard Self.conditionSize == LinkTable.conditionSize else {
            throw Fault(
                .failed,
                "the members of struct walkback_condition do not match the conditions of LinkColumn.all; make "
                    + "them match"
            )
        }
        try file.read(into: points.bytes)
        try file.read(into: conditions.bytes)
        try file.expectEnd()

        state = try Mapping(object.map(".bss"), count: 1)
        shaperBins = try Mapping(object.map("shaper_bins"), count: bins)
        meterBins = try Mapping(object.map("meter_bins"), count: bins)
        log = try Mapping(object.map("packet_log"), count: packetLog)

        var settings = walkback_link()
        settings.bins_start = .max
        settings.points = UInt64(header.points)
        settings.conditions = UInt64(header.conditions)
        settings.staircase = header.shape == .staircase ? 1 : 0
        settings.queue = header.queue.units
        settings.overhead = header.overhead.units
        settings.jitter = UInt64(max(0, jitter.wholeNanoseconds))
        settings.seed = seed
        settings.horizon = UInt64(Self.horizon.wholeNanoseconds)
        settings.log_capacity = UInt64(packetLog)
        state[0] = settings
    }

    /// Attaches the shaper to what an interface of the current network namespace sends (clsact egress).
    package func attachShaper(interfaceIndex: Int32) throws {
        try object.attach("shaper", to: interfaceIndex, at: BPF_TC_EGRESS)
    }

    /// Attaches the meter to what an interface of the current network namespace receives (clsact ingress).
    package func attachMeter(interfaceIndex: Int32) throws {
        try object.attach("meter", to: interfaceIndex, at: BPF_TC_INGRESS)
    }

    /// Begins shaping now. Both instants are kernel monotonic nanoseconds.
    ///
    /// - Parameters:
    ///   - traceZero: the table's time zero; packets sent before it wait for it.
    ///   - binsStart: the instant at which bin 0 begins.
    package func start(traceZero: Int64, binsStart: Int64) {
        state.entries[0].trace_zero = traceZero
        state.entries[0].bins_start = UInt64(max(0, binsStart))
        state.entries[0].busy_until = UInt64(max(0, binsStart))
        unmeteredAtStart = Count(state[0].passed) - Count(state[0].arrived)
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        state.entries[0].started = 1
    }

    /// Takes the path away. Packets on the link and packets sent from now on are lost and counted.
    ///
    /// The qdisc still holds the lost packets; the meter discards them as they come out. Replace the qdisc with an
    /// empty one before `attach`: packets that it still holds then would arrive after all, and delay the flows they
    /// belong to.
    package func detach() {
        guard state[0].detached == 0 else { return }
        state.entries[0].detached = 1
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        let now = Self.monotonicNow()
        state.entries[0].busy_until = min(state[0].busy_until, now)
        guard state[0].started == 1 else { return }
        let lost = Count(state[0].passed) - Count(state[0].arrived) - unmeteredAtStart - lostAtDetachment
        guard lost.packets > 0 else { return }
        lostAtDetachment = lostAtDetachment + lost
        if now >= state[0].bins_start {
            lostInBins[Int((now - state[0].bins_start) / Self.binNanoseconds), default: 0] += UInt32(
                clamping: lost.bytes.bytes)
        }
    }

    /// Brings the path back with nothing on it.
    package func attach() {
        guard state[0].detached == 1 else { return }
        // Position zero is behind the curve at any time, so the next packet finds the link free.
        state.entries[0].position = 0
        state.entries[0].last_departure = 0
        atomicMemoryFence(ordering: .sequentiallyConsistent)
        state.entries[0].detached = 0
    }

    static let conditionSize = MemoryLayout<walkback_condition>.stride
    static let binNanoseconds = UInt64(WALKBACK_BIN_NANOSECONDS)

    static func monotonicNow() -> UInt64 {
        UInt64(SystemClock.monotonic)
    }
}
