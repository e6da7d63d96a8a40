// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import Lab
import Netlink
import Plans
import Quantities
import System
import SystemPackage

/// Executes any program on the mobile host under a replay, and one on the server, from an empty machine to the end of
/// both.
///
/// The server's program starts when the lab is up. The mobile host's program starts one second later, at trace time
/// zero. The end of that program or of the trace ends the other.
final class ProgramExecution {
    private let plan: ProgramPlan
    private let guest: GuestBringUp
    private let lab: Lab
    private let loop: EventLoop
    private let schedule: MobilitySchedule
    private let output: ProgramFiles
    private let bins: Int
    private var events: [RunRecord.Event] = []
    /// Kernel monotonic time of trace time zero.
    private var zero: Int64 = 0
    private var nextEntry = 0
    private var failure: (any Error)?

    private var command: ChildProcess?
    private var server: ChildProcess?
    private var exitStatus: Int32?
    private var serverExitStatus: Int32?
    /// When each program ended.
    private var ended: Duration?
    private var serverEnded: Duration?
    private var traceIsOver = false

    /// How long a program may take to end after it was told to, on the lab's clock.
    private static let patience = Duration.seconds(5)
    private static let progressInterval = Duration.seconds(5)
    /// How often the programs' output is handed to the host.
    private static let outputInterval = Duration.milliseconds(200)

    init(plan: ProgramPlan, guest: GuestBringUp) throws {
        self.plan = plan
        self.guest = guest
        bins = Int(plan.run.duration.wholeNanoseconds / Series.binWidth.wholeNanoseconds)
        schedule = MobilitySchedule(plan.run)
        try guest.mountShared(on: plan.outputDirectory)
        guard chdir(plan.workingDirectory) == 0 else {
            throw Fault(
                .failed,
                "the guest cannot enter '\(plan.workingDirectory)': \(Errno(rawValue: errno)); start in another "
                    + "directory"
            )
        }
        output = try ProgramFiles(directory: FilePath(plan.outputDirectory))
        lab = try Lab(plan: plan.run, directory: FilePath(guest.directory), bins: bins, mptcpEndpoints: true)
        loop = try EventLoop()
        // The default of a network namespace must be one of the allowed controls, and a program without CAP_NET_ADMIN
        // can choose no other (tcp_cong.c). So every available control is allowed.
        if let all = try SystemControl.value(of: "net.ipv4.tcp_available_congestion_control") {
            try SystemControl.set("net.ipv4.tcp_allowed_congestion_control", to: all)
        }
        for host in [lab.mobile, lab.server] {
            try host.run {
                try SystemControl.set("net.ipv4.tcp_congestion_control", to: plan.run.transport.congestionControl)
            }
        }
        let names = ProgramNames(lab)
        try guest.overlay("/etc/hosts", with: names.hosts)
        environment = ChildProcess.environment.merging(names.environment) { _, ours in ours }
            .merging(["WALKBACK_OUTPUT": plan.outputDirectory, "WALKBACK_DURATION": plan.run.duration.seconds.text()]) {
                _, ours in ours
            }.merging(plan.environment) { _, given in given }
    }

    private let environment: [String: String]

    func run() throws -> (ProgramRecord, Series) {
        try lab.begin(attached: schedule.initiallyAttached)
        zero = MonotonicTimer.nextBeginning
        let end = zero + plan.run.duration.wholeNanoseconds
        lab.start(traceZero: zero, binsStart: zero)
        if let line = plan.serverCommand {
            try lab.begin(.server)
            server = try lab.server.run {
                try ChildProcess(["/bin/sh", "-c", line], environment: environment, descriptors: output.ofServer)
            }
            try server.map { try watch($0) }
        }
        try at(zero) { [unowned self] in try startCommand() }
        let agent = try MonotonicTimer(first: zero)
        try watch(agent) { [unowned self] in agent.set(try act()) }
        try at(end) { [unowned self] in
            guard ended == nil else { return }
            traceIsOver = true
            command?.signal(SIGTERM)
        }
        try at(end + Self.patience.wholeNanoseconds) { [unowned self] in
            if ended == nil { command?.signal(SIGKILL) }
        }
        let progress = try MonotonicTimer(first: zero, interval: Self.progressInterval)
        try watch(progress) { [unowned self] in
            if ended == nil { guest.report(time: .nanoseconds(SystemClock.monotonic - zero)) }
        }
        let printing = try MonotonicTimer(first: zero, interval: Self.outputInterval)
        try watch(printing) { [unowned self] in output.writeOut() }
        while exitStatus == nil, failure == nil { try loop.turn() }
        if let failure { throw failure }
        let result = try finish()
        try endServer()
        if let failure { throw failure }
        output.writeOut()
        var record = result.record
        record.serverExitStatus = serverExitStatus
        return (record, result.series)
    }

    private func startCommand() throws {
        try lab.begin(.run)
        let child = try lab.mobile.run {
            try ChildProcess(plan.command, environment: environment, descriptors: output.ofCommand)
        }
        command = child
        try watch(child)
    }

    // MARK: Events

    /// Calls `body` whenever the timer expires.
    private func watch(_ timer: MonotonicTimer, body: @escaping () throws -> Void) throws {
        try loop.watch(timer.descriptor, for: .readable) { [unowned self] _ in
            do { if timer.expirations > 0 { try body() } } catch { failure = failure ?? error }
        }
    }

    private func at(_ instant: Int64, body: @escaping () throws -> Void) throws {
        try watch(try MonotonicTimer(first: instant), body: body)
    }

    private func watch(_ child: ChildProcess) throws {
        let descriptor = walkback_process_descriptor(child.process)
        guard descriptor >= 0 else {
            throw Fault(.missingFeature, "this kernel cannot wait for a process: \(Errno(rawValue: errno))")
        }
        try loop.watch(descriptor, for: .readable) { [unowned self] _ in
            guard let status = child.reap() else { return }
            loop.ignore(descriptor)
            close(descriptor)
            let now = Duration.nanoseconds(SystemClock.monotonic - zero)
            if child.process == command?.process {
                (exitStatus, ended) = (status, now)
                // Processes that it left running are no longer needed.
                child.signal(SIGKILL)
            } else {
                (serverExitStatus, serverEnded) = (status, now)
            }
        }
    }

    /// Does everything that is due on the paths and returns when the next entry is due.
    private func act() throws -> Int64? {
        while nextEntry < schedule.entries.count {
            let entry = schedule.entries[nextEntry]
            let due = zero + entry.time.wholeNanoseconds
            if due > SystemClock.monotonic { return due }
            nextEntry += 1
            let now = Duration.nanoseconds(SystemClock.monotonic - zero)
            events.append(
                RunRecord.Event(time: now, kind: entry.action.event, path: plan.run.paths[entry.path].name))
            try lab.perform(entry)
        }
        return nil
    }

    // MARK: The end

    private func finish() throws -> (record: ProgramRecord, series: Series) {
        let duration = min(ended ?? plan.run.duration, plan.run.duration)
        let measured = max(0, Int(duration.wholeNanoseconds / Series.binWidth.wholeNanoseconds))
        var run = RunRecord(id: plan.run.id)
        run.measured = Series.binWidth * measured
        run.events = events
        // The congestion control that the programs' sockets start with; the programs may choose another one.
        let controls = try [lab.mobile, lab.server].map { host in
            try host.run { try SystemControl.value(of: "net.ipv4.tcp_congestion_control") ?? "unknown" }
        }
        run.congestionControl = Set(controls).sorted().joined(separator: ", ")
        try lab.describe(into: &run)
        let series = Series(delivered: [UInt32](repeating: 0, count: bins), links: lab.series())
        let record = ProgramRecord(
            endedBy: traceIsOver ? .trace : .command, duration: duration, exitStatus: exitStatus ?? 0,
            serverExitStatus: nil, serverEnded: serverEnded, run: run)
        return (record, series.prefix(measured))
    }

    /// Asks the server to end, so that its last output is written.
    private func endServer() throws {
        guard let server, serverExitStatus == nil else { return }
        server.signal(SIGTERM)
        try at(SystemClock.monotonic + Self.patience.wholeNanoseconds) { server.signal(SIGKILL) }
        while serverExitStatus == nil, failure == nil { try loop.turn() }
        server.signal(SIGKILL)
    }
}
