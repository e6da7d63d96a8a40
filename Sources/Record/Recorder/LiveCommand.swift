// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import Documents
import Glibc
import Probe
import Quantities
import System
import SystemPackage

/// The command that runs a live transfer while probes leave the links alone: started at the beginning of each phase and
/// told to end when the phase ends.
///
/// Both are done by a shell that was started before the threads and the captures' rings existed, so that these are
/// never copied into a child.
final class LiveCommand {
    /// A change to report.
    enum Change: Equatable {
        case started
        /// The command ended with this exit status; 128 and more stand for the signal that killed it.
        case ended(Int32)
    }

    private let phases: LivePhases
    private let shell: pid_t
    private let orders: CInt
    /// Held open so that writing never raises SIGPIPE.
    private let ordersReader: CInt
    private let statuses: CInt
    private var isRunning = false

    /// `setsid` puts the command into its own process group, so that everything it started is told to end with it.
    private static let script = """
        child=
        stop() { kill -s TERM -- "-$child" 2>/dev/null; wait "$child"; echo $? >&3; child=; }
        while read -r order; do
            case $order in
                start) setsid sh -c "$1" 3>&- & child=$! ;;
                stop) stop ;;
            esac
        done
        [ -z "$child" ] || stop
        """

    /// - Throws: `Fault` if there is no shell.
    init(_ command: String, _ phases: LivePhases) throws {
        self.phases = phases
        var (orders, statuses): ([CInt], [CInt]) = ([-1, -1], [-1, -1])
        for error in [walkback_pipe(&orders), walkback_pipe(&statuses)] where error != 0 {
            throw Fault(.failed, "cannot create a pipe: \(Errno(rawValue: error))")
        }
        self.orders = orders[1]
        self.statuses = statuses[0]
        ordersReader = orders[0]
        defer { close(statuses[1]) }
        _ = fcntl(statuses[0], F_SETFL, O_NONBLOCK)
        // Standard output belongs to the recording, so the shell gets standard error. The shell ends when no process is
        // left that can give it orders.
        let spawn = Spawn(
            "/bin/sh", arguments: ["sh", "-c", Self.script, "sh", command],
            environment: Self.environment + ["WALKBACK_SECONDS=\(phases.length.seconds.text())"],
            descriptors: [orders[0], 2, 2, statuses[1]], outlivesUs: true)
        switch spawn.start() {
        case .success(let process): shell = process
        case .failure(let error):
            throw Fault(.failed, "cannot start /bin/sh for the live command: \(Errno(rawValue: error.errno))")
        }
    }

    deinit {
        close(orders)
        close(ordersReader)
        close(statuses)
    }

    /// Starts or stops the command if that is due.
    func act(at now: Int64) -> [Change] {
        let isLive = phases.phase(at: now).starts <= now
        guard isLive != isRunning else { return ended() }
        isRunning = isLive
        order(isLive ? "start" : "stop")
        return isLive ? [.started] : ended()
    }

    /// Stops the command and waits for it for at most two seconds.
    func end() -> [Change] {
        guard isRunning else { return ended() }
        isRunning = false
        order("stop")
        for _ in 0..<20 {
            let changes = ended()
            if !changes.isEmpty { return changes }
            usleep(100_000)
        }
        return []
    }

    private func order(_ word: String) {
        let line = Array("\(word)\n".utf8)
        // If the shell was killed, nothing more is started, and the log shows it.
        _ = write(orders, line, line.count)
    }

    private func ended() -> [Change] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(statuses, &bytes, bytes.count)
        guard count > 0 else { return [] }
        return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n").compactMap { word in
            Int32(word).map { .ended($0) }
        }
    }

    private static var environment: [String] {
        var all: [String] = []
        var next = environ
        while let entry = next.pointee {
            all.append(String(cString: entry))
            next += 1
        }
        return all
    }
}
