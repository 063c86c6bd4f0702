package worker

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vncsec/internal/peertest"
	"vncsec/saslconf"
	"vncsec/saslconf/users"
	"vncsec/vncserve/reason"
	"vncsec/vncserve/security"
)

// TestSaslauthd has passwords checked by PAM.
func TestSaslauthd(t *testing.T) {
	t.Parallel()
	daemon := peertest.StartSaslauthd(t, security.SASLService, map[string]string{"alice": "secret"})
	s := newSite(t, "mech_list: plain\npwcheck_method: saslauthd\nsaslauthd_path: "+daemon.Socket+"\n")
	e := s.engine()
	for _, test := range []struct {
		user, password string
		want           reason.Code
	}{
		{"alice", "secret", ""},
		{"alice", "wrong", reason.SASLCredentialsWrong},
		{"mallory", "secret", reason.SASLCredentialsWrong},
	} {
		_, err := e.Try(t.Context(), Trial{Params: inTLS, User: test.user, Password: []byte(test.password)})
		wantCode(t, err, test.want)
		x, err := e.NewExchange(t.Context(), inTLS)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, x.CheckPassword(t.Context(), test.user, test.password), test.want)
		x.Close()
	}
	daemon.Kill()
	_, err := e.Try(t.Context(), Trial{Params: inTLS, User: "alice", Password: []byte("secret")})
	wantCode(t, err, reason.SASLSaslauthdDown)
}

// TestDatabaseFaults tells what can be wrong with the users' database.
func TestDatabaseFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		prepare func(*site)
		want    reason.Code
	}{
		"missing": {func(*site) {}, reason.SASLDBMissing},
		"no database": {func(s *site) {
			s.write("sasldb", "this is no database, whatever its name says; it is only some text\n")
		}, reason.SASLDBInvalid},
		"SCRAM keys for another hash": {func(s *site) {
			s.addUser("alice", hostName(s.t), "secret")
			s.setKeys("alice", hostName(s.t), "SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=")
		}, reason.SASLNoSecret},
		"empty": {func(s *site) {
			s.addUser("alice", hostName(s.t), "secret")
			s.removeUser("alice", hostName(s.t))
		}, reason.SASLDBEmpty},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, withDatabase)
			test.prepare(s)
			_, err := s.engine().Try(t.Context(), Trial{Params: inTLS, Mechanism: "SCRAM-SHA-256", User: "alice", Password: []byte("secret")})
			wantCode(t, err, test.want)
		})
	}
}

// TestUsersWithKeys logs in users of whom no password is stored.
func TestUsersWithKeys(t *testing.T) {
	t.Parallel()
	s := newSite(t, "mech_list: scram-sha-1 scram-sha-224 scram-sha-256 scram-sha-384 scram-sha-512 digest-md5 plain\nsasldb_path: %DIR%/sasldb\n")
	database := users.Database{Path: s.path("sasldb"), UID: -1, GID: -1}
	for _, mechanism := range users.Mechanisms() {
		name := users.Name{User: strings.ToLower(mechanism), Realm: hostName(t)}
		oneServer.Lock()
		err := database.Add(t.Context(), name, []byte("Zoë's secret"), users.Storage{Mechanism: mechanism})
		oneServer.Unlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	e := s.engine()
	for _, mechanism := range users.Mechanisms() {
		trial := Trial{Params: inTLS, Mechanism: mechanism, User: strings.ToLower(mechanism), Password: []byte("Zoë's secret")}
		if o, err := e.Try(t.Context(), trial); err != nil || o.User != trial.User {
			t.Errorf("%s: got %+v, %v", mechanism, o, err)
		}
		for _, other := range []string{"DIGEST-MD5", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256"} {
			if other == mechanism {
				continue
			}
			trial.Mechanism = other
			_, err := e.Try(t.Context(), trial)
			wantCode(t, err, reason.SASLNoSecret)
		}
		x, err := e.NewExchange(t.Context(), inTLS)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.CheckPassword(t.Context(), trial.User, "Zoë's secret"); err != nil {
			t.Errorf("%s: the password was not accepted: %v", mechanism, err)
		}
		x.Close()
	}
}

// TestNoMechanismList has a service file with which libsasl2 would offer all there is: no
// engine starts with it, and none changes to it.
func TestNoMechanismList(t *testing.T) {
	t.Parallel()
	s := withAlice(t)
	config, err := saslconf.Parse("qemu.conf", []byte("mech-list: plain\n"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(t.Context(), Options{Config: config})
	wantCode(t, err, reason.SASLMechListEmpty)
	if _, err := New(t.Context(), Options{}); err == nil {
		t.Error("an engine has no service file")
	}
	e := s.engine()
	wantCode(t, e.Reload(t.Context(), config), reason.SASLMechListEmpty)
	if _, err := e.Try(t.Context(), right); err != nil {
		t.Error(err)
	}
	p, err := startProcess(Options{Config: config, StepTimeout: time.Minute}) // the worker looks, too
	if err == nil {
		p.kill()
	}
	wantCode(t, err, reason.SASLMechListEmpty)
}

// TestKerberos logs in with tickets of a real KDC.
func TestKerberos(t *testing.T) {
	t.Parallel()
	kdc := peertest.StartKDC(t)
	kdc.AddUser("alice", "wonderland")
	service := "vnc/" + hostName(t)
	keytab := filepath.Join(t.TempDir(), "keytab")
	kdc.AddService(keytab, service)
	ticket := kdc.Login("alice", "wonderland")
	old := kdc.Login("alice", "wonderland", "-l", "1s")

	try := func(t *testing.T, keytab, cache string, params security.SASLParams) (Outcome, error) {
		t.Helper()
		s := newSite(t, "mech_list: gssapi\nkeytab: "+keytab+"\n")
		e := s.engine(func(o *Options) { o.Env = append(slices.Clone(kdc.Env), cache) })
		return e.Try(t.Context(), Trial{Params: params, Mechanism: "GSSAPI"})
	}
	for name, params := range map[string]security.SASLParams{"inside TLS": inTLS, "without TLS": bare} {
		o, err := try(t, keytab, ticket, params)
		if err != nil || o.User != "alice" || (o.SSF >= security.MinLayerSSF) != params.NoPlaintext {
			t.Errorf("%s: got %+v, %v", name, o, err)
		}
	}

	other := filepath.Join(t.TempDir(), "keytab")
	kdc.AddService(other, "qemu/"+hostName(t))
	_, err := try(t, other, ticket, bare)
	wantCode(t, err, reason.SASLKeytabPrincipal)

	_, err = try(t, filepath.Join(t.TempDir(), "none"), ticket, bare)
	wantCode(t, err, reason.SASLMechUnavailable)

	peertest.Eventually(t, "the old ticket expires", func() bool { return kdc.Expired(old) })
	_, err = try(t, keytab, old, bare)
	wantCode(t, err, reason.SASLTicketExpired)

	kdc.Renew(service)
	renewed := kdc.Login("alice", "wonderland")
	_, err = try(t, keytab, renewed, bare)
	wantCode(t, err, reason.SASLTicket)
}
