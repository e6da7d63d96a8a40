import Lab
import Runs
import Strategies
import SystemPackage
import Traces
import Traffic
import Units

/// One run on this kernel, from an empty machine to its record. One thread and one loop; it owns the clock.
///
/// Every instant is absolute on the kernel's monotonic clock. The first SYN leaves one second after the lab is up.
package final class RunExecution {
    package enum Clock: Sendable {
        /// Time-travel mode: no tick is ever late, which a run makes sure of.
        case virtual
        case real
    }

    private let plan: RunPlan
    private let clock: Clock
    private let lab: Lab
    private let loop: EventLoop
    private let server: PayloadServer
    private let download: Download
    private let schedule: MobilitySchedule
    private let bins: Int
    private let progress: (Duration) -> Void

    private var mobileHost: MobileHost?
    private var record: RunRecord
    private var delivered: [UInt32] = []
    /// Kernel monotonic time of the first SYN.
    private var zero: Int64 = 0
    private var nextEntry = 0
    private var nextRoute = 0
    private var hasStarted = false
    private var failure: (any Error)?
    /// In bins of a second, so that a console line costs little.
    private static let progressBins = 500

    /// - Parameters:
    ///   - directory: where the plan's link tables lie.
    ///   - progress: called every five seconds of the run's time.
    package init(plan: RunPlan, directory: FilePath, clock: Clock, progress: @escaping (Duration) -> Void) throws {
        self.plan = plan
        self.clock = clock
        self.progress = progress
        bins = Int(plan.duration.wholeNanoseconds / Series.binWidth.wholeNanoseconds)
        schedule = MobilitySchedule(plan)
        record = RunRecord(id: plan.id)
        let transport = MobileHost.transports(of: plan)[0]
        lab = try Lab(plan: plan, directory: directory, bins: bins, mptcpEndpoints: plan.strategy.usesMPTCP)
        loop = try EventLoop()
        let (loop, stream) = (self.loop, PayloadStream(seed: plan.seed))
        server = try lab.server.run {
            try PayloadServer(
                loop: loop, stream: stream, transport: transport,
                congestionControl: plan.transport.congestionControl)
        }
        download = Download(loop: loop, stream: stream, size: plan.workload.size)
        delivered.reserveCapacity(bins)
    }

    /// Runs the plan to its end.
    package func run() throws -> (RunRecord, Series) {
        let host = try MobileHost(
            plan: plan, lab: lab, transfers: [download], joined: schedule.initiallyAttached
        ) { [unowned self] kind, path, detail in note(kind, path: path, detail: detail) }
        mobileHost = host
        for (path, attached) in schedule.initiallyAttached.enumerated() where !attached {
            try lab.detachRadio(path)
            if !plan.strategy.hasHomeAddress { try lab.leave(path) }
        }
        zero = MonotonicTimer.now + 1_000_000_000
        lab.start(traceZero: zero - plan.offset.wholeNanoseconds, binsStart: zero)

        let agent = try MonotonicTimer(first: zero)
        let tick = try MonotonicTimer(first: zero + Series.binWidth.wholeNanoseconds, interval: Series.binWidth)
        try loop.watch(agent.descriptor, for: .readable) { [unowned self] _ in
            attempt { if agent.expirations > 0 { agent.set(try act()) } }
        }
        try loop.watch(tick.descriptor, for: .readable) { [unowned self] _ in
            // Reading is also what arms a periodic timer again.
            let count = tick.expirations
            if count > 0 { attempt { try self.tick(count: count) } }
        }
        while delivered.count < bins, download.state != .complete, failure == nil { try loop.turn() }
        if let failure { throw failure }
        return try finish()
    }

    /// Handlers cannot throw through the loop.
    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { failure = failure ?? error }
    }

    /// Does all that is due and returns the instant of what comes next.
    private func act() throws -> Int64? {
        let now = MonotonicTimer.now
        let entry = try takeAll(of: schedule.entries, from: &nextEntry, until: now, at: \.time) { try act(on: $0) }
        let route = try takeAll(of: plan.routes, from: &nextRoute, until: now, at: \.time) {
            try mobileHost?.move($0)
        }
        if !hasStarted {
            hasStarted = true
            // With the home address where it is to be from the first.
            try mobileHost?.start()
        }
        return [entry, route].compactMap { $0 }.min()
    }

    /// Acts on all that is due by `now` and returns when the next one is.
    private func takeAll<Item>(
        of items: [Item], from next: inout Int, until now: Int64, at time: (Item) -> Duration,
        act: (Item) throws -> Void
    ) throws -> Int64? {
        while next < items.count {
            let due = zero + (time(items[next]) - plan.offset).wholeNanoseconds
            if due > now { return due }
            next += 1
            try act(items[next - 1])
        }
        return nil
    }

    private func act(on entry: MobilitySchedule.Entry) throws {
        let name = plan.paths[entry.path].name
        switch entry.action {
        case .radioDown:
            note("detached", path: name)
            try lab.detachRadio(entry.path)
        case .leave:
            note("left", path: name)
            // A home address's routes are the schedule's alone: a link that is down would take them with it.
            if !plan.strategy.hasHomeAddress { try lab.leave(entry.path) }
            try mobileHost?.pathLeft(entry.path)
        case .radioUp:
            note("attached", path: name)
            try lab.attachRadio(entry.path)
        case .join:
            note("joined", path: name)
            if !plan.strategy.hasHomeAddress { try lab.join(entry.path) }
            try mobileHost?.pathJoined(entry.path)
        }
    }

    private func tick(count: Int) throws {
        let taken = download.drain()
        // In real time a late tick may stand for several bins; what it brings came in the last of them.
        for _ in 1..<max(1, min(count, bins - delivered.count)) { delivered.append(0) }
        delivered.append(UInt32(taken))
        try mobileHost?.tick(at: Series.binWidth * delivered.count)
        if delivered.count % Self.progressBins == 0 { progress(Series.binWidth * delivered.count) }
    }

    private func note(_ kind: String, path: String? = nil, detail: String? = nil) {
        let time = Duration.nanoseconds(MonotonicTimer.now - zero)
        record.events.append(RunRecord.Event(time: time, kind: kind, path: path, detail: detail))
    }

    private func finish() throws -> (RunRecord, Series) {
        record.measured = Series.binWidth * delivered.count
        // In time-travel mode nothing that the run does takes time: what remains is the clock's own resolution, under 1 us.
        let slip = MonotonicTimer.now - zero - record.measured.wholeNanoseconds
        if clock == .virtual, !(0..<10_000).contains(slip) {
            throw Fault(
                .failed, "the guest's clock is \(slip) ns off its ticks: this kernel is not in time-travel mode")
        }
        record.delivered = ByteCount(Int64(download.received))
        record.verified = download.firstDifference == nil
        if let offset = download.firstDifference { record.failure = "byte \(offset) of the payload is wrong" }
        try describeConnection()
        try lab.describe(into: &record)
        let series = Series(delivered: delivered, links: lab.series()).prefix(delivered.count)
        download.abandon()
        server.close()
        return (record, series)
    }

    /// What the kernel says of the connection itself, from both of its ends.
    private func describeConnection() throws {
        guard let socket = download.socket else { return }
        record.congestionControl = socket.congestionControl
        let client = socket.information
        record.counters["mobile.socket.receive_buffer_bytes"] = client.receive_buffer
        if plan.strategy.usesMPTCP, client.is_mptcp != 1 {
            record.failure = "the connection fell back to plain TCP, so this is no MPTCP run"
        }
        guard let peer = server.latest else { return }
        record.counters["server.socket.send_buffer_bytes"] = peer.information.send_buffer
        for subflow in peer.subflows {
            let path = lab.pathName(ofAddress: subflow.remote) ?? subflow.remote
            let prefix = "server.subflow.\(path)"
            record.counters["\(prefix).acked_bytes"] = subflow.acknowledged.bytes
            record.counters["\(prefix).retransmitted_bytes"] = subflow.retransmitted.bytes
            record.counters["\(prefix).stranded_bytes"] = subflow.unsent.bytes
        }
    }
}
