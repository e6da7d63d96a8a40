// SPDX-License-Identifier: Apache-2.0
import Quantities

extension Workload {
    /// In bulk, from the server and to it at once, over one connection.
    public struct Both: WorkloadKind {
        public static let name = "both"
        public static let settings: [WorkloadSetting<Self>] = [.bytes(\.size)]

        /// In each direction; nil: as much as fits into the run.
        public var size: ByteCount?

        public init() {}

        public init(size: ByteCount?) {
            self.size = size
        }

        public var traffic: WorkloadTraffic { .bulk(.both, size: size) }
        public var digestWords: String { Workload.digestWords(Self.name, size: size) }
        public var activity: String { "download and upload at once" }
    }
}
