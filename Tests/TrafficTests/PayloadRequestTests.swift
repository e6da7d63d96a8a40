// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Traffic

@Suite struct `A payload request` {
    private func request() -> PayloadRequest {
        var request = PayloadRequest(seed: 0x0102_0304_0506_0708)
        request.offset = 1
        request.end = .max
        request.uploadOffset = PayloadRequest.unknown
        request.uploadEnd = 5
        request.frame = 6
        request.interval = 7
        return request
    }

    @Test func `arrives as it was sent`() {
        #expect(request().encoded.count == PayloadRequest.size)
        #expect(PayloadRequest(request().encoded) == request())
        #expect(Array(request().encoded.prefix(8)) == [8, 7, 6, 5, 4, 3, 2, 1])
    }

    @Test func `is none where bytes are missing, or a pace has no frames or never comes`() {
        #expect(PayloadRequest(Array(request().encoded.dropLast())) == nil)
        var frameless = request()
        frameless.frame = 0
        #expect(PayloadRequest(frameless.encoded) == nil)
        var never = request()
        never.interval = .max
        #expect(PayloadRequest(never.encoded) == nil)
    }
}
