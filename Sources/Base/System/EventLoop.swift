// SPDX-License-Identifier: Apache-2.0
import CLinux
import Documents
import Glibc
import Quantities
import SystemPackage

/// The event loop of a run: an epoll instance and the handlers of what it watches, called on the calling thread.
///
/// All descriptors are watched edge-triggered, so that a socket with free buffer space does not wake the loop: in the
/// guest, every system call costs tens of microseconds of real time.
package final class EventLoop {
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let readable = Interest(rawValue: EPOLLIN.rawValue)
        package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    }

    private let epoll: Int32
    /// Each watch has its own tag, because a descriptor's number may be reused while an event of the old one is
    /// pending.
    private var tags: [Int32: UInt64] = [:]
    private var handlers: [UInt64: (Interest) -> Void] = [:]
    private var nextTag: UInt64 = 0

    package init() throws {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        if epoll < 0 { throw Fault(.failed, "cannot create an epoll instance: \(Errno(rawValue: errno))") }
    }

    deinit {
        _ = close(epoll)
    }

    /// Calls `handler` whenever `descriptor` becomes ready. Errors and hang-ups count as both readable and writable.
    package func watch(_ descriptor: Int32, for interest: Interest, handler: @escaping (Interest) -> Void) throws {
        let result = walkback_watch(epoll, descriptor, interest.rawValue, nextTag)
        if result < 0 { throw Fault(.failed, "cannot watch a file descriptor: \(Errno(rawValue: -result))") }
        tags[descriptor] = nextTag
        handlers[nextTag] = handler
        nextTag += 1
    }

    package func ignore(_ descriptor: Int32) {
        guard let tag = tags.removeValue(forKey: descriptor) else { return }
        handlers[tag] = nil
        _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Waits until something is ready and calls the handlers of everything that is.
    package func turn() throws {
        var events = [epoll_event](repeating: epoll_event(), count: 16)
        let count = epoll_wait(epoll, &events, Int32(events.count), -1)
        if count < 0, errno != EINTR { throw Fault(.failed, "cannot wait for events: \(Errno(rawValue: errno))") }
        for event in events.prefix(Int(max(0, count))) {
            var interest = Interest(rawValue: event.events).intersection([.readable, .writable])
            if event.events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { interest = [.readable, .writable] }
            // An earlier handler may have closed this one.
            handlers[event.data.u64]?(interest)
        }
    }
}
