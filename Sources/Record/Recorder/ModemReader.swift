// SPDX-License-Identifier: Apache-2.0
import CLinux
import Determinism
import FoundationEssentials
import Glibc
import Quantities
import Synchronization
import System

/// This machine's modems according to ModemManager, queried with its own program, `mmcli`, on a separate thread because
/// an answer on the system bus may take seconds.
final class ModemReader: Sendable {
    /// What one modem reports; a value is nil if the modem does not report it.
    struct Level: Equatable {
        /// The modem's name in ModemManager, and its network interface.
        var modem: String
        var interface: String?
        /// `lte`, `5gnr`, …; several are joined by a plus sign.
        var technology: String?
        var operatorName: String?
        /// Received power of all signals (RSSI) and of the cell alone (RSRP), and the signal quality (RSRQ).
        var signal: Double?
        var referencePower: Double?
        var referenceQuality: Double?
        /// ModemManager's own estimate of the quality, 0 to 100.
        var percent: Int?
    }

    enum State: Equatable {
        /// No answer has arrived yet.
        case asking
        case levels([Level])
        /// There is no ModemManager.
        case absent
    }

    private let program: String
    private let interval: Duration
    private let environment: [String]
    private let answers = Mutex(State.asking)
    private let stopReader: CInt
    private let stopWriter: CInt

    /// An answer that takes longer counts as missing.
    private static let patience = Duration.seconds(10)
    private static let longestAnswer = 1 << 20

    /// nil if `mmcli` is not installed.
    ///
    /// - Parameters:
    ///   - interval: time between two queries; the modem itself is asked to measure as often.
    ///   - bus: address of the system bus; nil means the default.
    init?(
        program: String? = ModemReader.installed, interval: Duration = .seconds(5),
        bus: String? = getenv("DBUS_SYSTEM_BUS_ADDRESS").map { String(cString: $0) }
    ) {
        var ends: [CInt] = [-1, -1]
        guard let program, walkback_pipe(&ends) == 0 else { return nil }
        self.program = program
        self.interval = interval
        environment = ["LC_ALL=C"] + (bus.map { ["DBUS_SYSTEM_BUS_ADDRESS=\($0)"] } ?? [])
        (stopReader, stopWriter) = (ends[0], ends[1])
    }

    deinit {
        close(stopReader)
        close(stopWriter)
    }

    static var installed: String? {
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/mmcli" }.first { access($0, X_OK) == 0 }
    }

    var state: State { answers.withLock { $0 } }

    func stop() {
        _ = write(stopWriter, [1], 1)
    }

    // MARK: On its own thread

    func run() {
        var known: Set<String> = []
        repeat {
            guard let list = ask(["-L"]).flatMap({ Self.modems($0) }) else {
                // ModemManager may be restarting if it was there before.
                if known.isEmpty { return answers.withLock { $0 = .absent } }
                continue
            }
            let levels = list.compactMap { modem -> Level? in
                // The signal is measured only after a rate was set, which not every user is allowed to do.
                if known.insert(modem).inserted { _ = ask(["-m", modem, "--signal-setup=\(Int(interval.seconds))"]) }
                return ask(["-m", modem]).flatMap { Self.level(modem, $0, ask(["-m", modem, "--signal-get"])) }
            }
            answers.withLock { $0 = .levels(levels) }
        } while !isStopped(within: interval)
        // Restores the original setting.
        for modem in known { _ = ask(["-m", modem, "--signal-setup=0"], evenStopped: true) }
    }

    private func isStopped(within time: Duration) -> Bool {
        var waiting = pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0)
        return poll(&waiting, 1, CInt(time.milliseconds)) == 1
    }

    /// - Returns: the program's output; nil if it failed or took too long, or if the recording ends.
    private func ask(_ arguments: [String], evenStopped: Bool = false) -> [UInt8]? {
        var ends: [CInt] = [-1, -1]
        guard walkback_pipe(&ends) == 0 else { return nil }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let spawn = Spawn(
            program, arguments: ["mmcli", "-J"] + arguments, environment: environment,
            descriptors: [null, ends[1], null])
        let started = spawn.start()
        close(ends[1])
        close(null)
        defer { close(ends[0]) }
        guard case .success(let child) = started else { return nil }
        let answer = read(ends[0], evenStopped: evenStopped)
        if answer == nil { kill(child, SIGKILL) }
        var status: CInt = 0
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return walkback_exit_code(status) == 0 ? answer : nil
    }

    private func read(_ descriptor: CInt, evenStopped: Bool) -> [UInt8]? {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let deadline = WallClock.monotonic + Self.patience.wholeNanoseconds
        while answer.count < Self.longestAnswer {
            var waiting = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: evenStopped ? -1 : stopReader, events: Int16(POLLIN), revents: 0),
            ]
            let left = (deadline - WallClock.monotonic) / 1_000_000
            guard left > 0, poll(&waiting, nfds_t(waiting.count), CInt(left)) > 0, waiting[1].revents == 0 else {
                return nil
            }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count == 0 { return answer }
            guard count > 0 || errno == EINTR else { return nil }
            answer += buffer[..<max(0, count)]
        }
        return nil
    }
}

// MARK: The output of mmcli -J

extension ModemReader {
    /// nil if the answer is not a list of modems.
    static func modems(_ answer: [UInt8]) -> [String]? {
        struct List: Decodable {
            var modems: [String]
            enum CodingKeys: String, CodingKey { case modems = "modem-list" }
        }
        return try? JSONDecoder().decode(List.self, from: Data(answer)).modems
    }

    private struct Answer<Modem: Decodable>: Decodable {
        var modem: Modem
    }

    private struct Modem: Decodable {
        struct Generic: Decodable {
            struct Quality: Decodable { var value: String? }
            var technologies: [String]?
            var quality: Quality?
            var ports: [String]?
            enum CodingKeys: String, CodingKey {
                case technologies = "access-technologies"
                case quality = "signal-quality"
                case ports
            }
        }
        struct Network: Decodable {
            var name: String?
            var code: String?
            enum CodingKeys: String, CodingKey {
                case name = "operator-name"
                case code = "operator-code"
            }
        }
        var generic: Generic
        var network: Network?
        enum CodingKeys: String, CodingKey {
            case generic
            case network = "3gpp"
        }
    }

    /// The values of `rssi`, `rsrp` and `rsrq` that each technology has.
    private struct Signals: Decodable {
        var signal: [String: [String: String]]
    }

    /// - Parameters:
    ///   - answer: the output about the modem.
    ///   - signal: the output about its signal; nil if that was not available.
    static func level(_ modem: String, _ answer: [UInt8], _ signal: [UInt8]?) -> Level? {
        let decoder = JSONDecoder()
        guard let found = try? decoder.decode(Answer<Modem>.self, from: Data(answer)).modem else { return nil }
        // An unknown value is printed as two dashes.
        func known(_ text: String?) -> String? { text == "--" || text == "" ? nil : text }
        let signals = signal.flatMap { try? decoder.decode(Answer<Signals>.self, from: Data($0)).modem.signal }
        // Takes the newest technology that has the value; next to 5G there is often LTE, and only LTE has an RSSI.
        func value(_ name: String) -> Double? {
            ["5g", "lte", "umts", "gsm", "evdo", "cdma1x"].lazy.compactMap { signals?[$0]?[name].flatMap(Double.init) }
                .first
        }
        let ports = found.generic.ports ?? []
        let technologies = (found.generic.technologies ?? []).compactMap(known)
        return Level(
            modem: modem,
            interface: ports.first { $0.hasSuffix(" (net)") }.map { String($0.dropLast(" (net)".count)) },
            technology: technologies.isEmpty ? nil : technologies.joined(separator: "+"),
            operatorName: known(found.network?.name) ?? known(found.network?.code), signal: value("rssi"),
            referencePower: value("rsrp"), referenceQuality: value("rsrq"),
            percent: known(found.generic.quality?.value).flatMap { Int($0) })
    }
}
