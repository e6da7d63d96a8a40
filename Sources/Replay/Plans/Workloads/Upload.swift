// SPDX-License-Identifier: Apache-2.0
import Quantities

extension Workload {
    /// A bulk transfer to the server.
    public struct Upload: WorkloadKind {
        public static let name = "upload"
        public static let settings: [WorkloadSetting<Self>] = [.bytes(\.size)]

        /// The bytes to transfer; nil: as much as fits into the run.
        public var size: ByteCount?

        public init() {}

        /// Creates a transfer of so many bytes; nil: as many as fit into the run.
        public init(size: ByteCount?) {
            self.size = size
        }

        public var traffic: WorkloadTraffic { .bulk(.up, size: size) }
        public var digestWords: String { Workload.digestWords(Self.name, size: size) }
    }
}
