package cli

import (
	"log/slog"

	"github.com/urfave/cli/v2"

	"vncsec/vncserve/authz"
	"vncsec/vncserve/security"
)

// authzOptions say what viewers may do who have proved their name.
type authzOptions struct {
	certificates string
	viewOnly     string
}

// everybody is the value of --view-only for all viewers.
const everybody = "all"

func (o *authzOptions) flags() []cli.Flag {
	return []cli.Flag{
		&cli.PathFlag{Name: "tls-authz", Usage: "let only certificates in whose names (C=GB,...,CN=alice) are in `FILE`", Destination: &o.certificates},
		&cli.PathFlag{Name: "view-only", Usage: "viewers whose name is in `FILE` may only look; \"" + everybody + "\" is everybody", Destination: &o.viewOnly},
	}
}

// byName tells whether some may only look, whom their names make known.
func (o *authzOptions) byName() bool { return o.viewOnly != "" && o.viewOnly != everybody }

// openNames reads a list of names; nil without a file.
func openNames(path string, logger *slog.Logger) (security.Names, error) {
	if path == "" {
		return nil, nil
	}
	list, err := authz.Open(path, logger)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// certificatesOf keeps the certificates out that are not in the list, if there is one.
func (o *authzOptions) certificatesOf(source security.TLSSource, logger *slog.Logger) (security.TLSSource, error) {
	names, err := openNames(o.certificates, logger)
	if err != nil || names == nil {
		return source, err
	}
	return security.AuthorizeCertificates(source, names), nil
}

// lookers finds the viewers that may only look; nil is nobody.
func (o *authzOptions) lookers(logger *slog.Logger) (func(security.Identity) bool, error) {
	if o.viewOnly == everybody {
		return func(security.Identity) bool { return true }, nil
	}
	if o.viewOnly == "" {
		return nil, nil
	}
	list, err := authz.Open(o.viewOnly, logger)
	if err != nil {
		return nil, err
	}
	return func(who security.Identity) bool {
		return list.Restricts(who.SASLUser, who.SASLAliases...) || list.Restricts(who.DistinguishedName)
	}, nil
}
