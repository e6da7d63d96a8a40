// SPDX-License-Identifier: Apache-2.0
import CBPF
import Documents
import Glibc

/// The memory of one BPF map, shared with the kernel for as long as this value lives.
struct Mapping<Element>: ~Copyable {
    let count: Int
    private let base: UnsafeMutableRawPointer
    private let size: Int

    /// Maps `count` entries and touches every page at once: touching pages as they are first used costs 100 times more.
    ///
    /// - Throws: `Fault` that names the map.
    init(_ map: OpaquePointer, count: Int) throws {
        size = max(1, count) * MemoryLayout<Element>.stride
        self.count = count
        let mapped = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, bpf_map__fd(map), 0)
        guard let mapped, mapped != UnsafeMutableRawPointer(bitPattern: -1) else {
            let reason = String(cString: strerror(errno))
            throw Fault(
                .failed,
                "cannot map \(size) bytes of the link's BPF map '\(String(cString: bpf_map__name(map)))': \(reason); "
                    + "give the machine or the guest more memory")
        }
        base = mapped
    }

    deinit {
        munmap(base, size)
    }

    /// All entries as bytes.
    var bytes: UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: base, count: count * MemoryLayout<Element>.stride)
    }

    /// - Parameter index: below `count`.
    subscript(index: Int) -> Element {
        get { entries[index] }
        nonmutating set { entries[index] = newValue }
    }

    /// The entries in the shared memory. Valid while the mapping lives.
    var entries: UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: base.assumingMemoryBound(to: Element.self), count: count)
    }
}
