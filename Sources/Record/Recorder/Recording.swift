// SPDX-License-Identifier: Apache-2.0
import Determinism
import Documents
import Glibc
import Netlink
import Pcap
import Probe
import Quantities
import System
import SystemPackage

/// A recording from beginning to orderly end. It runs on one thread, with one more for each interface.
package final class Recording {
    /// Why the recording ended.
    package enum End: Sendable, Equatable {
        /// The requested duration has passed.
        case duration
        case toldTo
        case diskNearlyFull
        case failed(Fault)
    }

    /// What was recorded of one interface.
    package struct Summary: Sendable, Equatable {
        package let interface: String
        package let packets: UInt64
        package let inBytes: ByteCount
        package let outBytes: ByteCount
        /// Packets dropped for lack of room in the capture and by the interface itself.
        package let drops: UInt64
        package let interfaceDrops: UInt64
    }

    /// An interface that matches, whether it is present or not.
    final class Tracked {
        let name: String
        var link: RoutingEvents.Link?
        var capture: InterfaceCapture?
        var thread: DedicatedThread.Running<Void>?
        /// Continues while the interface is away.
        var probe: ProbeClient?
        var probeThread: DedicatedThread.Running<Void>?
        /// The interface's number in the files for each link type that it has had.
        var numbers: [LinkType: Int] = [:]
        var past: InterfaceCapture.Counts
        var shownTotal = Meter.Count()
        var row: RecordingView.Row
        var association: WirelessInterfaces.Association?
        /// Packets that the interface itself has dropped since the recording began, and its own counter of them.
        var interfaceDrops: UInt64 = 0
        var interfaceDropsBefore: UInt64 = 0

        init(_ name: String, meter: Meter) {
            self.name = name
            past = InterfaceCapture.Counts(meter: meter)
            row = RecordingView.Row(name: name)
        }

        var counts: InterfaceCapture.Counts { capture?.withCounts { $0 } ?? past }
    }

    private(set) var options: RecordingOptions
    private let files: RecordingFiles
    let events: EventLog
    private let routing: RoutingEvents
    let wireless: WirelessInterfaces?
    var position: PositionReader?
    var modems: ModemReader?
    var modemLevels: [ModemReader.Level] = []
    private let live: LiveCommand?
    let battery = BatteryReader()
    var batteryLevels: [BatteryReader.Level] = []
    var clock = WallClock()
    private var tracked: [String: Tracked] = [:]
    /// Names of all interfaces by index, because address changes give only the index.
    private var names: [Int32: String] = [:]
    private let begin = WallClock.monotonic
    private var partBegin = WallClock.monotonic
    let say: (String) -> Void
    private let show: (RecordingView.State) -> Void

    /// How often throughput rows are written and changes are checked.
    private static let tick = Duration.milliseconds(100)
    /// Delay between a bin's end and its writing: by then all of its packets have arrived from the kernel.
    private static let lag = Duration.milliseconds(300)
    private static let statisticsInterval = 10
    private static let batteryInterval = 60

    /// Opens everything the recording needs, in the calling thread's network namespace.
    ///
    /// - Parameters:
    ///   - say: receives notes for the user, one line each.
    ///   - show: is called every second.
    /// - Throws: `Fault`: 64 if an interface does not exist, 65 if it cannot be recorded, 77 without permission.
    package init(
        _ options: RecordingOptions, say: @escaping (String) -> Void, show: @escaping (RecordingView.State) -> Void
    ) throws {
        self.options = options
        self.say = say
        self.show = show
        // All phases are counted from the beginning of this recording.
        if let phases = options.probe?.live {
            let own = LivePhases(every: phases.every, length: phases.length, begin: begin)
            self.options.probe?.live = own
            live = try options.liveCommand.map { try LiveCommand($0, own) }
        } else {
            live = nil
        }
        routing = try RoutingEvents()
        let present = try RoutingEvents.present()
        try Self.check(options, present)
        wireless = try WirelessInterfaces()
        files = try RecordingFiles(
            options.output, section: PcapngWriter.Section(application: options.application))
        events = EventLog(files.events)
        if wireless == nil { say("note: the kernel reports no WiFi, so associations and signals are not recorded") }
        position = PositionReader(host: options.positionHost)
        if position == nil { sayNoPosition() }
        modems = ModemReader()
        if modems == nil { say("note: mmcli is not installed, so the signals of modems are not recorded") }
        do {
            try take(present, isFirst: true)
            try readBattery(isFirst: true)
        } catch {
            files.remove()
            throw error
        }
        for pattern in options.interfaces where !tracked.keys.contains(where: { fnmatch(pattern, $0, 0) == 0 }) {
            say("note: no interface matches '\(pattern)' yet; it will be recorded when it appears")
        }
    }

    private static func check(_ options: RecordingOptions, _ present: [RoutingEvents.Event]) throws {
        let links = present.compactMap { event -> RoutingEvents.Link? in
            if case .link(let link) = event { link } else { nil }
        }
        for name in options.exactNames where !links.contains(where: { $0.name == name }) {
            throw Fault(
                .usage,
                "there is no interface '\(name)'; choose from: \(links.map(\.name).joined(separator: ", ")), or write "
                    + "a pattern like '\(name)*' for an interface that appears later")
        }
        // Done before any file is created, because the files would get in the way of a second attempt.
        for link in links where options.matches(link.name) && link.isUp {
            _ = try LiveCapture(on: link, snap: options.snap, filter: options.filter)
        }
    }

    // MARK: The loop

    /// Records until the recording ends.
    ///
    /// - Parameter stop: a descriptor that becomes readable when the recording is to end.
    package func run(until stop: CInt) -> End {
        let reader = modems
        let modemThread = reader.flatMap { reader in try? DedicatedThread.start { reader.run() } }
        defer {
            reader?.stop()
            modemThread?.wait()
        }
        var (ticks, second) = (0, 0)
        let perSecond = Int(Duration.seconds(1) / Self.tick)
        while true {
            var waiting = [
                pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
                pollfd(fd: routing.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            let due = begin + Int64(ticks + 1) * Self.tick.wholeNanoseconds
            let left = max(0, due - WallClock.monotonic)
            poll(&waiting, nfds_t(waiting.count), CInt((left + 999_999) / 1_000_000))
            do {
                if waiting[0].revents != 0 { return end(.toldTo) }
                if waiting[1].revents != 0 { try take(routing.drain(), isFirst: false) }
                guard WallClock.monotonic >= due else { continue }
                // Ticks that a busy machine missed are made up for at once, not one by one.
                ticks = Int((WallClock.monotonic - begin) / Self.tick.wholeNanoseconds)
                try followClock()
                try writeThroughput()
                try log(live?.act(at: WallClock.monotonic) ?? [])
                if let fault = files.fault { return end(.failed(fault)) }
                if let duration = options.duration, elapsed >= duration { return end(.duration) }
                guard ticks / perSecond > second else { continue }
                second = ticks / perSecond
                if try !everySecond(second) { return end(.diskNearlyFull) }
            } catch {
                return end(.failed(error as? Fault ?? Fault(.failed, "\(error)")))
            }
        }
    }

    private var elapsed: Duration { .nanoseconds(WallClock.monotonic - begin) }

    var inOrder: [Tracked] { tracked.values.sorted { $0.name < $1.name } }

    /// - Returns: false if the disk is nearly full.
    private func everySecond(_ second: Int) throws -> Bool {
        files.flush()
        try readWireless()
        try readModems()
        try readPosition()
        try readProbes()
        if second % Self.batteryInterval == 0 { try readBattery(isFirst: false) }
        if second % Self.statisticsInterval == 0 { writeStatistics() }
        let left = files.room
        var rows: [RecordingView.Row] = []
        for one in inOrder {
            update(one)
            rows.append(one.row)
        }
        show(RecordingView.State(elapsed: elapsed, rows: rows, size: files.size, diskLeft: left))
        guard left > options.reserve else { return false }
        let isLarge = options.rotateSize.map { files.partSize >= $0 } ?? false
        // Half a tick is added because this may run early by that much.
        let age = Duration.nanoseconds(WallClock.monotonic - partBegin) + Self.tick / 2
        let isLong = options.rotateTime.map { age >= $0 } ?? false
        if isLarge || isLong {
            writeStatistics()
            try files.rotate()
            partBegin = WallClock.monotonic
        }
        return true
    }

    private func update(_ one: Tracked) {
        let counts = one.counts
        let total = counts.meter.total
        one.row.isThere = one.capture != nil
        one.row.down = ByteCount(total.inBytes - one.shownTotal.inBytes).rate(over: .seconds(1))
        one.row.up = ByteCount(total.outBytes - one.shownTotal.outBytes).rate(over: .seconds(1))
        one.row.drops = counts.dropped
        one.row.signal =
            one.association?.signal
            ?? modemLevels.first { $0.interface == one.name }?.signal.map { Int($0.rounded()) }
        one.row.history.append(DataRate(bitsPerSecond: one.row.down.bitsPerSecond + one.row.up.bitsPerSecond))
        if one.row.history.count > RecordingView.historyLength { one.row.history.removeFirst() }
        one.shownTotal = total
    }

    // MARK: What is written

    private func writeThroughput() throws {
        let end = Timestamp(nanoseconds: WallClock.now.nanoseconds - Self.lag.wholeNanoseconds)
        for one in inOrder where one.capture != nil { try write(one) { $0.take(before: end) } }
    }

    func write(
        _ one: Tracked, _ take: (inout Meter) -> [(start: Timestamp, count: Meter.Count)]
    ) throws {
        let bins = one.capture?.withCounts { take(&$0.meter) } ?? take(&one.past.meter)
        try files.log(bins, of: one.name)
    }

    private func writeStatistics() {
        for one in inOrder {
            if let capture = one.capture { writeStatistics(of: one, capture) }
        }
    }

    private func writeStatistics(of one: Tracked, _ capture: InterfaceCapture) {
        if let link = one.link, let drops = try? RoutingEvents.drops(), let now = drops[link.index] {
            // The kernel counts from the interface's creation, and from zero again when the interface returns.
            one.interfaceDrops += now >= one.interfaceDropsBefore ? now - one.interfaceDropsBefore : now
            one.interfaceDropsBefore = now
        }
        let (counts, now) = (one.counts, WallClock.now)
        files.write(
            InterfaceStatistics(
                end: now, received: counts.arrived, droppedByInterface: one.interfaceDrops,
                droppedBySystem: counts.dropped, delivered: counts.written), of: capture.number, at: now)
    }

    private func end(_ reason: End) -> End {
        var reason = reason
        // Stops the probes while their packets are still recorded.
        for one in inOrder {
            one.probe?.stop()
            one.probeThread?.wait()
        }
        let changes = live?.end() ?? []
        do {
            try log(changes)
            for one in inOrder { try stop(one) }
            try events.log("end", at: WallClock.now)
        } catch {
            if case .failed = reason {} else { reason = .failed(error as? Fault ?? Fault(.failed, "\(error)")) }
        }
        files.close()
        if let fault = files.fault { reason = .failed(fault) }
        return reason
    }

    /// Valid after the recording has ended.
    package var summaries: [Summary] {
        inOrder.map { one in
            let counts = one.counts
            return Summary(
                interface: one.name, packets: counts.written, inBytes: ByteCount(counts.meter.total.inBytes),
                outBytes: ByteCount(counts.meter.total.outBytes), drops: counts.dropped,
                interfaceDrops: one.interfaceDrops)
        }
    }

    package var captures: Int { files.parts }

    // MARK: Interfaces

    private func take(_ changes: [RoutingEvents.Event], isFirst: Bool) throws {
        for change in changes {
            switch change {
            case .link(let link): try take(link, isFirst: isFirst)
            case .linkGone(let index, let name):
                names[index] = nil
                guard let one = tracked[name], one.link?.index == index else { continue }
                try stop(one)
                one.link = nil
                try events.log("link-gone", at: WallClock.now, interface: name)
                say("note: '\(name)' has vanished; it will be recorded again when it is back")
            case .address(let prefix, let interface, let isThere):
                try events.log(
                    "address", at: WallClock.now, interface: names[interface],
                    ["address": .string("\(prefix)"), "there": .bool(isThere)])
            case .route(let destination, let family, let gateway, let interface, let metric, let isThere):
                try events.log(
                    destination == nil ? "default-route" : "route", at: WallClock.now,
                    interface: interface.flatMap { names[$0] },
                    [
                        "destination": destination.map { .string("\($0)") } ?? .null,
                        "family": .string(family == .v4 ? "ipv4" : "ipv6"),
                        "gateway": gateway.map { .string("\($0)") } ?? .null, "metric": .integer(Int64(metric)),
                        "there": .bool(isThere),
                    ])
            case .overflow:
                say("note: the kernel reported more changes than its buffer holds; all are read again")
                try events.log("overflow", at: WallClock.now)
                try take(try RoutingEvents.present(), isFirst: true)
            }
        }
    }

    private func take(_ link: RoutingEvents.Link, isFirst: Bool) throws {
        names[link.index] = link.name
        guard options.matches(link.name) else { return }
        let one = tracked[link.name] ?? Tracked(link.name, meter: Meter(width: options.bin, start: WallClock.now))
        tracked[link.name] = one
        let before = one.link
        guard link != before || one.capture == nil else { return }
        one.link = link
        try events.log(
            "link", at: WallClock.now, interface: link.name,
            [
                "index": .integer(Int64(link.index)), "up": .bool(link.isUp), "carrier": .bool(link.hasCarrier),
                "mtu": .integer(link.mtu.bytes),
            ])
        // libpcap opens no interface that is down.
        if before?.index != link.index || one.capture == nil, link.isUp {
            try stop(one)
            try start(one, link)
            if !isFirst { say("note: recording '\(link.name)'") }
        }
        if isFirst, !link.isUp { say("note: '\(link.name)' is down; its packets are recorded when it comes up") }
    }

    private func start(_ one: Tracked, _ link: RoutingEvents.Link) throws {
        guard let live = try LiveCapture(on: link, snap: options.snap, filter: options.filter) else { return }
        let number: Int
        if let known = one.numbers[live.linkType] {
            number = known
        } else {
            number = try files.add(
                CaptureInterface(name: link.name, linkType: live.linkType, snapLength: options.snap))
            one.numbers[live.linkType] = number
        }
        // Metering starts now, however long the interface was away.
        _ = one.past.meter.restart(at: WallClock.now)
        let capture = try InterfaceCapture(link, live, number: number, counts: one.past, files: files)
        one.interfaceDropsBefore = (try? RoutingEvents.drops())?[link.index] ?? 0
        one.thread = try DedicatedThread.start { capture.run() }
        one.capture = capture
        if let probe = options.probe, one.probe == nil {
            let client = try ProbeClient(interface: one.name, options: probe)
            one.probeThread = try DedicatedThread.start { client.run() }
            one.probe = client
        }
    }

    private func stop(_ one: Tracked) throws {
        guard let capture = one.capture else { return }
        try followClock()
        capture.stop()
        one.thread?.wait()
        one.past = capture.withCounts { $0 }
        writeStatistics(of: one, capture)
        (one.capture, one.thread) = (nil, nil)
        let now = WallClock.now
        let bins = one.past.meter.take(before: now)
        try files.log(bins + one.past.meter.restart(at: now), of: one.name)
    }
}
