import Lab
import Netlink
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
    /// Of MPTCP, at both ends.
    private var reports: [(end: Lab.HostEnd, events: PathManagerEvents)] = []
    private var record: RunRecord
    private var delivered: [UInt32] = []
    /// Kernel monotonic time of the first SYN.
    private var zero: Int64 = 0
    private var nextEntry = 0
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
        let transport = MobileHost.transport(of: plan.strategy)
        lab = try Lab(plan: plan, directory: directory, bins: bins, mptcpEndpoints: transport == .mptcp)
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
        let host = MobileHost(plan: plan, lab: lab, download: download, joined: schedule.initiallyAttached) {
            [unowned self] kind, path, detail in note(kind, path: path, detail: detail)
        }
        mobileHost = host
        for (path, attached) in schedule.initiallyAttached.enumerated() where !attached {
            try lab.detachRadio(path)
            // In whatever mode: what has never been there is not configured.
            try lab.leave(path, as: .informed)
        }
        zero = MonotonicTimer.now + 1_000_000_000
        if plan.strategy.usesMPTCP {
            reports = try Lab.HostEnd.allCases.map { (end: $0, events: try lab.listen(to: $0)) }
            for (end, events) in reports {
                try loop.watch(events.descriptor, for: .readable) { [unowned self] _ in
                    attempt { try noteReports(of: end, events) }
                }
            }
        }
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
        if let mobileHost, download.state == .idle, nextEntry == 0 { try mobileHost.start() }
        while nextEntry < schedule.entries.count {
            let entry = schedule.entries[nextEntry]
            let due = zero + (entry.time - plan.offset).wholeNanoseconds
            if due > now { return due }
            nextEntry += 1
            try act(on: entry)
        }
        return nil
    }

    private func act(on entry: MobilitySchedule.Entry) throws {
        let name = plan.paths[entry.path].name
        switch entry.action {
        case .fade:
            note("fading", path: name)
            try lab.fade(entry.path)
        case .radioDown:
            note("detached", path: name)
            try lab.detachRadio(entry.path)
        case .leave:
            note("left", path: name)
            try lab.leave(entry.path)
            mobileHost?.pathLeft(entry.path)
        case .radioUp:
            note("attached", path: name)
            try lab.attachRadio(entry.path)
        case .join:
            note("joined", path: name)
            noteStranded(except: name)
            try lab.join(entry.path)
            try mobileHost?.pathJoined(entry.path)
        case .renumber:
            note("renumbered", path: name)
            try lab.renumber(entry.path)
            // To an application, one address that goes and one that comes.
            if lab.isJoined(entry.path) {
                mobileHost?.pathLeft(entry.path)
                try mobileHost?.pathJoined(entry.path)
            }
        }
    }

    private func tick(count: Int) throws {
        let taken = download.drain()
        // In real time a late tick may stand for several bins; what it brings came in the last of them.
        for _ in 1..<max(1, min(count, bins - delivered.count)) { delivered.append(0) }
        delivered.append(UInt32(taken))
        try mobileHost?.tick()
        if delivered.count % Self.progressBins == 0 { progress(Series.binWidth * delivered.count) }
    }

    private func noteReports(of end: Lab.HostEnd, _ events: PathManagerEvents) throws {
        for event in try events.drain() {
            let (kind, path, detail) = lab.describe(event, at: end)
            note(kind, path: path, detail: detail)
        }
    }

    /// What waits on every subflow over another path while this one comes: it stays there, since MPTCP takes back nothing that
    /// a subflow was given while that subflow lives.
    private func noteStranded(except path: String) {
        let sender = plan.workload.directions == [.up] ? download.socket : server.latest
        guard plan.strategy.usesMPTCP, let sender else { return }
        var waiting: [String: ByteCount] = [:]
        for subflow in sender.subflows {
            guard let name = lab.pathName(ofAddress: subflow.remote) ?? lab.pathName(ofAddress: subflow.local),
                name != path
            else { continue }
            waiting[name, default: .zero] += subflow.unsent + subflow.unacknowledged
        }
        for (name, bytes) in waiting.sorted(by: { $0.key < $1.key }) {
            note("stranded", path: name, detail: "\(bytes.bytes) bytes")
        }
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
        for (end, events) in reports { try noteReports(of: end, events) }
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
        if case .mptcp = plan.strategy, client.is_mptcp != 1 {
            record.failure = "the connection fell back to plain TCP, so this is no MPTCP run"
        }
        guard let peer = server.latest else { return }
        let information = peer.information
        record.counters["server.socket.send_buffer_bytes"] = information.send_buffer
        if information.bytes_retransmitted >= 0 {
            record.counters["server.mptcp.reinjected_bytes"] = information.bytes_retransmitted
        }
        for subflow in peer.subflows {
            let path = lab.pathName(ofAddress: subflow.remote) ?? subflow.remote
            let prefix = "server.subflow.\(path)"
            // A path has a second subflow while one of an address that it had has not gone.
            record.counters["\(prefix).acked_bytes", default: 0] += subflow.acknowledged.bytes
            record.counters["\(prefix).retransmitted_bytes", default: 0] += subflow.retransmitted.bytes
            record.counters["\(prefix).stranded_bytes", default: 0] += subflow.unsent.bytes
        }
    }
}
