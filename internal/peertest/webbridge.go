package peertest

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// novncDir is where Debian's package novnc has its files.
const novncDir = "/usr/share/novnc"

// startWebBridge serves noVNC with a page of our own, and at /websockify bridges
// WebSockets to a VNC server, as websockify does. It returns the page's address.
func startWebBridge(t testing.TB, server string) string {
	t.Helper()
	page, err := os.ReadFile(program(t, "novnc.html"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(novncDir)))
	mux.HandleFunc("/peertest.html", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	})
	mux.HandleFunc("/websockify", func(w http.ResponseWriter, r *http.Request) { bridge(ctx, w, r, server) })
	web := httptest.NewServer(mux)
	t.Cleanup(func() {
		stop()
		web.CloseClientConnections()
		web.Close()
	})
	return web.URL + "/peertest.html"
}

// bridge passes bytes both ways until one side ends.
func bridge(ctx context.Context, w http.ResponseWriter, r *http.Request, server string) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"binary"}})
	if err != nil {
		return
	}
	ws.SetReadLimit(-1)
	browser := websocket.NetConn(ctx, ws, websocket.MessageBinary)
	defer browser.Close()
	network, address := "tcp", server
	if path, ok := strings.CutPrefix(server, "unix:"); ok {
		network, address = "unix", path
	}
	vnc, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer vnc.Close()
	go func() {
		defer vnc.Close()
		_, _ = io.Copy(vnc, browser)
	}()
	_, _ = io.Copy(browser, vnc)
}
