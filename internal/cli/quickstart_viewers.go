package cli

import (
	"context"
	"fmt"
	"net"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"vncsec/internal/quickstart"
	"vncsec/internal/shell"
	"vncsec/layout"
	"vncsec/vncserve/listen"
	"vncsec/vncserve/probe"
	"vncsec/vncserve/security"
)

// firstLook connects as a viewer with the client certificate, takes the console's
// picture, and says how to do the same with other viewers.
func (env Env) firstLook(ctx context.Context, site *quickstart.Site, addr net.Addr, me *user.User) error {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return fmt.Errorf("%s is no TCP address", addr)
	}
	config, err := layout.LoadClient(site.PKIDir, tcp.IP.String())
	if err != nil {
		return err
	}
	server := listen.Address{Host: tcp.IP.String(), Port: tcp.Port}
	client, err := probe.Connect(ctx, server, probe.Options{
		Credentials: security.Credentials{TLS: config},
		Timeout:     firstLookPatience,
	})
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	if err := client.FirstPicture(); err != nil {
		return err
	}
	screenshot := filepath.Join(filepath.Dir(site.PKIDir), "console.png")
	if err := probe.WritePNG(screenshot, client.Picture()); err != nil {
		return err
	}
	return env.print(stepLine("seen", "the console", screenshot+" ("+client.TLS()+")") + viewerText(site, tcp, me.HomeDir))
}

// firstLookPatience bounds each exchange with our own server.
const firstLookPatience = 10 * time.Second

// viewerText says how to connect with the usual viewers. gtk-vnc looks for its files
// in the home folder that the account has, under the viewer's own name.
func viewerText(site *quickstart.Site, addr *net.TCPAddr, home string) string {
	display := addr.IP.String() + ":" + strconv.Itoa(addr.Port-listen.BasePort)
	next := addr.IP.String() + ":" + strconv.Itoa(addr.Port-listen.BasePort+1)
	var b strings.Builder
	b.WriteString("\nConnect with gvncviewer:\n")
	writeViewerFiles(&b, site.PKIDir, home, "gvncviewer")
	b.WriteString("  " + shell.Line("gvncviewer", display) + "\n")
	b.WriteString("\nConnect with remote-viewer:\n")
	writeViewerFiles(&b, site.PKIDir, home, "libvirt")
	b.WriteString("  " + shell.Line("remote-viewer", "vnc://"+addr.String()) + "\n")
	b.WriteString("\nTigerVNC's vncviewer has no client certificates. Serve with a password for it:\n")
	b.WriteString("  " + shell.Line(program, "serve", "--listen", next, "--x509", site.PKIDir, "--password", "--monitor", "stdio") + "\n")
	b.WriteString("  (vncsec) change vnc password\n")
	b.WriteString("  " + shell.Line("vncviewer", "-X509CA="+filepath.Join(site.PKIDir, layout.CACertFile), "-SecurityTypes=X509Vnc", next) + "\n")
	b.WriteString("\nServing until interrupted (Ctrl-C).\n")
	return b.String()
}

// writeViewerFiles gives the commands that put the client's files where gtk-vnc looks.
func writeViewerFiles(b *strings.Builder, pki, home, viewer string) {
	own := filepath.Join(home, ".pki", viewer)
	for _, file := range []struct{ mode, from, to string }{
		{"644", layout.CACertFile, filepath.Join(home, ".pki", "CA", "cacert.pem")},
		{"644", layout.ClientCertFile, filepath.Join(own, "clientcert.pem")},
		{"600", layout.ClientKeyFile, filepath.Join(own, "private", "clientkey.pem")},
	} {
		b.WriteString("  " + shell.Line("install", "-b", "-D", "-m", file.mode, filepath.Join(pki, file.from), file.to) + "\n")
	}
}
