// SPDX-License-Identifier: Apache-2.0
import Quantities
import Traces

extension Workload {
    /// A bulk workload: as much as the network takes in one direction.
    package static func bulk(_ direction: Direction, size: ByteCount? = nil) -> Workload {
        switch direction {
        case .down: Workload(Download(size: size))
        case .up: Workload(Upload(size: size))
        }
    }

    /// The digest words of a bulk kind. The other words are what the settings of `requests` and `stream` were when all
    /// kinds shared one list. They are kept because digests of replays contain them, and results of earlier versions
    /// must stay comparable.
    static func digestWords(_ name: String, size: ByteCount?) -> String {
        "\(name) \(size.map { "\($0.bytes)" } ?? "unlimited") 1000000000 40000000 400000000 300000 1 2000000"
    }
}
