// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import SystemPackage

/// Positions from gpsd, over its JSON protocol (https://gpsd.gitlab.io/gpsd/gpsd_json.html).
final class PositionReader {
    /// One report of class TPV that has a position.
    struct Position: Decodable, Equatable {
        let lat: Double
        let lon: Double
        /// Metres above the ellipsoid; metres per second; expected error of the position in metres.
        let altHAE: Double?
        let speed: Double?
        let eph: Double?
    }

    static let port: UInt16 = 2947

    let descriptor: CInt
    private var pending: [UInt8] = []
    private var hasAsked = false
    private(set) var isOpen = true

    /// nil if nothing answers. Does not wait: `read` shows whether gpsd answers.
    init?(host: String, port: UInt16 = PositionReader.port) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return nil }
        let opened = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard opened >= 0 else { return nil }
        let result = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                connect(opened, $0.baseAddress, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 || errno == EINPROGRESS else {
            close(opened)
            return nil
        }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// The positions that have arrived since the last call.
    func read() -> [Position] {
        if !hasAsked {
            let question = Array(#"?WATCH={"enable":true,"json":true};"#.utf8)
            let sent = send(descriptor, question, question.count, Int32(MSG_NOSIGNAL))
            if sent == question.count {
                hasAsked = true
            } else if errno != EAGAIN {
                isOpen = false
            }
        }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while isOpen {
            let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 {
                // gpsd never sends a line of a megabyte, so a longer one is from something else.
                if pending.count < 1 << 20 { pending += buffer[..<count] }
            } else {
                if count == 0 || errno != EAGAIN { isOpen = false }
                break
            }
        }
        guard let end = pending.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = pending[...end].split(separator: UInt8(ascii: "\n"))
        let positions = lines.compactMap { Self.position(Array($0)) }
        pending.removeFirst(end + 1)
        return positions
    }

    static func position(_ line: [UInt8]) -> Position? {
        struct Report: Decodable {
            let `class`: String
        }
        let decoder = JSONDecoder()
        guard (try? decoder.decode(Report.self, from: Data(line)))?.class == "TPV" else { return nil }
        return try? decoder.decode(Position.self, from: Data(line))
    }
}
