// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Lab
import Netlink
import Plans
import Quantities
import System
import SystemPackage
import Traces
import Traffic

/// Executes one run on this kernel, from an empty machine to its record. It uses one thread and one event loop, and it
/// owns the clock.
///
/// Every instant is absolute on the kernel's monotonic clock. The first SYN leaves at a whole second, one to two after
/// the lab is up.
package final class RunExecution {
    package enum Clock: Sendable {
        /// Time-travel mode: no tick is ever late, and every run verifies this.
        case virtual
        case real
    }

    private let plan: RunPlan
    private let directory: FilePath
    private let clock: Clock
    private let lab: Lab
    private let loop: EventLoop
    private let server: PayloadServer
    /// Serves the TCP connections other than the run's own; nil if there are none.
    private let companionServer: PayloadServer?
    /// The run's own transfer comes first.
    private let transfers: [Transfer]
    private var transfer: Transfer { transfers[0] }
    private let schedule: MobilitySchedule
    private let bins: Int
    private let progress: (Duration) -> Void

    private var mobileHost: MobileHost?
    /// Sources of MPTCP's events, at both ends.
    private var reports: [(end: Lab.HostEnd, events: PathManagerEvents)] = []
    private var record: RunRecord
    /// The workload's directions, the main one first, followed by the companions'.
    private var flows: [RunFlow]
    private var delays: [Series.Delays]
    /// For each path: whether its radio carries data, and whether the mobile host has its address.
    private var radioIsUp: [Bool]
    private var hasJoined: [Bool]
    /// The path over which the home address's traffic comes down.
    private var homePath: String?
    /// Number of ticks so far.
    private var elapsed = 0
    private var isComplete = false
    /// Kernel monotonic time of the first SYN.
    private var zero: Int64 = 0
    private var nextEntry = 0
    private var nextRoute = 0
    private var hasStarted = false
    private var failure: (any Error)?
    /// The interval of progress reports, in bins. It is five seconds long, so that console lines cost little.
    private static let progressBins = 500
    private static let port: UInt16 = 5001
    private static let companionPort: UInt16 = 5002

    /// - Parameters:
    ///   - directory: the directory of the plan's link tables.
    ///   - progress: called every five seconds of the run's time.
    package init(plan: RunPlan, directory: FilePath, clock: Clock, progress: @escaping (Duration) -> Void) throws {
        self.plan = plan
        self.directory = directory
        self.clock = clock
        self.progress = progress
        bins = Int(plan.duration.wholeNanoseconds / Series.binWidth.wholeNanoseconds)
        schedule = MobilitySchedule(plan)
        record = RunRecord(id: plan.id)
        delays = plan.paths.map { Series.Delays(path: $0.name) }
        radioIsUp = schedule.initiallyAttached
        hasJoined = schedule.initiallyAttached
        lab = try Lab(plan: plan, directory: directory, bins: bins, mptcpEndpoints: plan.usesMPTCP)
        loop = try EventLoop()
        let (lab, loop) = (self.lab, self.loop)
        func listen(_ transport: TransportProtocol, port: UInt16) throws -> PayloadServer {
            try lab.server.run {
                try PayloadServer(
                    loop: loop, port: port, transport: transport, congestionControl: plan.transport.congestionControl)
            }
        }
        let own = try listen(plan.usesMPTCP ? .mptcp : .tcp, port: Self.port)
        let ownTransfer = try Transfer(loop: loop, workload: plan.workload, seed: plan.seed, port: Self.port)
        flows = plan.workload.directions.map { direction in
            RunFlow(
                name: direction == .up ? "upload" : "download", direction: direction, size: plan.workload.size,
                transfer: ownTransfer, client: own.client(ownTransfer.seed))
        }
        var transfers = [ownTransfer]
        // Companions are plain TCPs, each over its own path.
        let companions = plan.connections.dropFirst().compactMap { connection in
            if case .tcp(let path, _) = connection { path } else { nil }
        }
        guard companions.count == plan.connections.count - 1 else {
            throw Fault(
                .failed,
                "strategy '\(plan.strategy)' opens a second connection that is not a single-path TCP connection")
        }
        companionServer = companions.isEmpty ? nil : try listen(.tcp, port: Self.companionPort)
        if let companionServer {
            // Companions fill the links whatever the run's own connection does.
            let direction = plan.workload.directions[0]
            for path in companions {
                var generator = SplitMix64(seed: plan.seed, purpose: "companion \(path)")
                let companion = try Transfer(
                    loop: loop, workload: .bulk(direction), seed: generator.next(), port: Self.companionPort)
                transfers.append(companion)
                flows.append(
                    RunFlow(
                        name: "tcp-\(path)", direction: direction, size: nil, transfer: companion,
                        client: companionServer.client(companion.seed)))
            }
        }
        server = own
        self.transfers = transfers
    }

    /// Runs the plan to its end.
    package func run() throws -> (RunRecord, Series) {
        let host = try MobileHost(
            plan: plan, lab: lab, transfers: transfers, joined: schedule.initiallyAttached, directory: directory
        ) { [unowned self] kind, path, detail in note(kind, path: path, detail: detail) }
        mobileHost = host
        try lab.begin(attached: schedule.initiallyAttached, configuring: !plan.hasHomeAddress)
        zero = MonotonicTimer.nextBeginning
        if plan.usesMPTCP {
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
            // Reading the count also re-arms a periodic timer.
            let count = tick.expirations
            if count > 0 { attempt { try self.tick(count: count) } }
        }
        while elapsed < bins, !isComplete, failure == nil { try loop.turn() }
        if let failure { throw failure }
        return try finish()
    }

    /// Keeps the first error, since handlers cannot throw through the loop.
    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { failure = failure ?? error }
    }

    /// Does everything that is due and returns when the next entry is due.
    private func act() throws -> Int64? {
        // The random stream begins before anything of the run itself draws from it.
        if !hasStarted { try lab.begin(.run) }
        let now = SystemClock.monotonic
        let entry = try takeAll(of: schedule.entries, from: &nextEntry, until: now, at: \.time) { try act(on: $0) }
        let route = try takeAll(of: plan.routes, from: &nextRoute, until: now, at: \.time) {
            try mobileHost?.move($0)
            if $0.end == .home { homePath = $0.path.map { plan.paths[$0].name } }
        }
        if !hasStarted {
            hasStarted = true
            // Starts after the routes, so that the home address is in its place from the beginning.
            try mobileHost?.start()
        }
        return [entry, route].compactMap { $0 }.min()
    }

    /// Acts on everything that is due by `now` and returns when the next item is due.
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
        note(entry.action.event, path: name)
        if entry.action == .join { noteStranded(except: name) }
        // Only the schedule changes a home address's routes: taking a link down would remove them with it.
        try lab.perform(entry, configuring: !plan.hasHomeAddress)
        switch entry.action {
        case .leave:
            hasJoined[entry.path] = false
            try mobileHost?.pathLeft(entry.path)
        case .join:
            hasJoined[entry.path] = true
            try mobileHost?.pathJoined(entry.path)
        case .renumber: if lab.isJoined(entry.path) { try mobileHost?.pathRenumbered(entry.path) }
        case .radioDown: radioIsUp[entry.path] = false
        case .radioUp: radioIsUp[entry.path] = true
        case .fade: break
        }
    }

    private func tick(count: Int) throws {
        let count = max(1, min(count, bins - elapsed))
        elapsed += count
        for index in flows.indices { flows[index].take(bins: count) }
        try mobileHost?.tick(at: Series.binWidth * elapsed)
        try noteDelays()
        isComplete = flows.prefix(plan.workload.directions.count).allSatisfy(\.isComplete)
        // The server is the first to know that an upload is complete.
        if isComplete, transfer.state != .complete { note("complete") }
        if elapsed % Self.progressBins == 0 { progress(Series.binWidth * elapsed) }
    }

    /// Records the delays of every step since the last call. In real time a late tick may cover several steps.
    private func noteDelays() throws {
        let missing = elapsed / Int(Series.Delays.step / Series.binWidth) - delays[0].queue.count
        guard missing > 0 else { return }
        var roundTrips: [String: UInt32] = [:]
        let flows = plan.usesMPTCP ? sender?.subflows ?? [] : [sender?.flow].compactMap(\.self)
        for flow in flows where flow.roundTripMicroseconds > 0 {
            guard let name = lab.pathName(ofAddress: flow.remote) ?? lab.pathName(ofAddress: flow.local) ?? homePath
            else { continue }
            // The kernel lists subflows in order of creation; a subflow whose path has gone may remain for a long time.
            roundTrips[name] = flow.roundTripMicroseconds
        }
        for (index, path) in plan.paths.enumerated() {
            let waiting = try lab.waiting(on: index, plan.workload.directions[0])
            delays[index].queue += repeatElement(UInt32(clamping: waiting.wholeNanoseconds / 1000), count: missing)
            // A subflow may outlive its path and keep its last estimate.
            let roundTrip = radioIsUp[index] && hasJoined[index] ? roundTrips[path.name] ?? 0 : 0
            delays[index].roundTrip += repeatElement(roundTrip, count: missing)
        }
    }

    /// The end that sends in the main direction.
    private var sender: StreamSocket? {
        plan.workload.directions == [.up] ? transfer.socket : server.client(transfer.seed).socket
    }

    private func noteReports(of end: Lab.HostEnd, _ events: PathManagerEvents) throws {
        for event in try events.drain() {
            let (kind, path, detail) = lab.describe(event, at: end)
            note(kind, path: path, detail: detail)
        }
    }

    /// Notes the bytes that wait on each subflow over another path when this path joins. They stay there, since MPTCP
    /// takes nothing back from a subflow while that subflow lives.
    private func noteStranded(except path: String) {
        guard plan.usesMPTCP, let sender else { return }
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
        let time = Duration.nanoseconds(SystemClock.monotonic - zero)
        record.events.append(RunRecord.Event(time: time, kind: kind, path: path, detail: detail))
    }

    private func finish() throws -> (RunRecord, Series) {
        record.measured = Series.binWidth * elapsed
        // In time-travel mode nothing that the run does takes time: the remainder is the resolution of the clock
        // itself, below 1 us.
        let slip = SystemClock.monotonic - zero - record.measured.wholeNanoseconds
        if clock == .virtual, !(0..<10_000).contains(slip) {
            throw Fault(
                .failed, "the guest's clock is \(slip) ns off its ticks, because this kernel is not in time-travel mode"
            )
        }
        for (end, events) in reports { try noteReports(of: end, events) }
        record.delivered = flows[0].delivered
        record.verified = flows.allSatisfy { $0.firstDifference == nil }
        record.others = flows.dropFirst().map(\.record)
        record.failure = flows.lazy.compactMap(\.failure).first
        record.exchanges = exchanges()
        try describeConnection()
        try lab.describe(into: &record)
        // Last, because another program may draw random numbers.
        record.interpreterVersion = try StrategyProcess.version(of: plan.command?.command.interpreter ?? [])
        let series = Series(
            delivered: flows[0].bins, others: flows.dropFirst().map(\.bins), links: lab.series(), delays: delays)
        for transfer in transfers { transfer.abandon() }
        server.close()
        companionServer?.close()
        return (record, series.prefix(elapsed))
    }

    private func exchanges() -> [RunRecord.Exchange] {
        let end = zero + record.measured.wholeNanoseconds
        let paceStart = server.client(transfer.seed).paceStart
        return transfer.exchanges(paceStart: paceStart, before: end).map { exchange in
            // Data that is read at the very instant at which the run ends is still in time.
            RunRecord.Exchange(
                start: .nanoseconds(exchange.start - zero), end: exchange.end.map { .nanoseconds($0 - zero) },
                size: exchange.size)
        }
    }

    /// Adds what the kernel reports about the connection itself, from both of its ends.
    private func describeConnection() throws {
        let controls = transfers.reduce(into: server.congestionControls) { $0.formUnion($1.congestionControls) }
        record.congestionControl = controls.union(companionServer?.congestionControls ?? []).sorted()
            .joined(separator: ", ")
        guard let socket = transfer.socket else { return }
        if plan.usesMPTCP, socket.information.is_mptcp != 1 {
            record.failure = "the connection fell back to plain TCP, so this is not an MPTCP run"
        }
        guard let peer = server.client(transfer.seed).socket else { return }
        for direction in plan.workload.directions {
            let (sender, receiver) =
                direction == .down ? (("server", peer), ("mobile", socket)) : (("mobile", socket), ("server", peer))
            record.counters["\(receiver.0).socket.receive_buffer_bytes"] = receiver.1.information.receive_buffer
            let information = sender.1.information
            record.counters["\(sender.0).socket.send_buffer_bytes"] = information.send_buffer
            if information.bytes_retransmitted >= 0 {
                record.counters["\(sender.0).mptcp.reinjected_bytes"] = information.bytes_retransmitted
            }
            for subflow in sender.1.subflows {
                let address = direction == .down ? subflow.remote : subflow.local
                let prefix = "\(sender.0).subflow.\(lab.pathName(ofAddress: address) ?? address)"
                // A path has a second subflow as long as a subflow of one of its earlier addresses remains.
                record.counters["\(prefix).acked_bytes", default: 0] += subflow.acknowledged.bytes
                record.counters["\(prefix).retransmitted_bytes", default: 0] += subflow.retransmitted.bytes
                record.counters["\(prefix).stranded_bytes", default: 0] += subflow.unsent.bytes
            }
        }
    }
}
