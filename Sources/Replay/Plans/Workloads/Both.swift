// SPDX-License-Identifier: Apache-2.0
import Quantities

extension Workload {
    /// Bulk transfers from the server and to it at the same time, over one connection.
    public struct Both: WorkloadKind {
        public static let name = "both"
        public static let settings: [WorkloadSetting<Self>] = [.bytes(\.size)]

        /// The bytes in each direction; nil: as much as fits into the run.
        public var size: ByteCount?

        public init() {}

        /// Creates a transfer of so many bytes; nil: as many as fit into the run.
        public init(size: ByteCount?) {
            self.size = size
        }

        public var traffic: WorkloadTraffic { .bulk(.both, size: size) }
        public var digestWords: String { Workload.digestWords(Self.name, size: size) }
        public var activity: String { "download and upload at once" }
    }
}
