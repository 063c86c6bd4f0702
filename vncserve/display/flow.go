package display

import (
	"encoding/binary"
	"time"

	"vncsec/vncserve/rfb"
)

// A viewer that wants updates without asking for each has to be kept from drowning in
// them: what is on its way to it is bounded. Fences measure how far it has come.
const (
	// minWindow and maxWindow bound the bytes on their way.
	minWindow = 32 << 10
	maxWindow = 2 << 20
	// fenceEvery is how many bytes are sent for each fence. Small updates go without.
	fenceEvery = minWindow / 2
	// fastWay and slowWay are how much longer than ever a fence's way may take for
	// more, and for less, to be sent at once.
	fastWay = 50 * time.Millisecond
	slowWay = 200 * time.Millisecond
)

// flow is the control of a viewer's continuous updates. It grows its window while the
// viewer keeps up and halves it when a queue builds up somewhere.
type flow struct {
	window        int
	sent, arrived int // bytes since the start
	fenced        int // of those sent, the ones before the last fence
	// left is when the fence that is under way was sent, at its place in the stream.
	left     time.Time
	leftAt   int
	shortest time.Duration // the quickest way of a fence so far
}

func newFlow() flow { return flow{window: 2 * minWindow} }

// open tells whether more may be sent.
func (f *flow) open() bool { return f.sent-f.arrived < f.window }

// count notes that n bytes were sent and tells whether a fence is to follow them.
func (f *flow) count(n int, now time.Time) (fence bool) {
	f.sent += n
	if f.sent-f.fenced < fenceEvery {
		return false
	}
	f.fenced = f.sent
	if f.left.IsZero() {
		f.left, f.leftAt = now, f.sent
	}
	return true
}

// answer notes that the viewer has come to a place in the stream.
func (f *flow) answer(place int, now time.Time) {
	if place <= f.arrived || place > f.fenced {
		return // not one of ours
	}
	full := f.sent-f.arrived >= f.window
	f.arrived = place
	if f.left.IsZero() || place < f.leftAt {
		return
	}
	took := now.Sub(f.left)
	f.left = time.Time{}
	if f.shortest == 0 || took < f.shortest {
		f.shortest = took
	}
	switch {
	case took > f.shortest+slowWay:
		f.window = max(minWindow, f.window/2)
	case took < f.shortest+fastWay && full:
		f.window = min(maxWindow, 2*f.window)
	}
}

// fenceAt is the fence that marks a place in the stream.
func fenceAt(place int) rfb.Fence {
	return rfb.Fence{
		Flags:   rfb.FenceRequest | rfb.FenceBlockBefore,
		Payload: binary.BigEndian.AppendUint64(nil, uint64(place)),
	}
}

// fencePlace gives the place that an answer is about.
func fencePlace(payload []byte) (place int, ok bool) {
	if len(payload) != 8 {
		return 0, false
	}
	return int(binary.BigEndian.Uint64(payload)), true
}
