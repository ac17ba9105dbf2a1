package watch

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
)

// kubeconfig is what is read of a kubeconfig file. What would start a program
// to log in (exec, auth-provider) is refused: it is somebody else's command.
type kubeconfig struct {
	CurrentContext string `yaml:"current-context"`
	Contexts       []struct {
		Name    string `yaml:"name"`
		Context struct {
			Cluster string `yaml:"cluster"`
			User    string `yaml:"user"`
		} `yaml:"context"`
	} `yaml:"contexts"`
	Clusters []struct {
		Name    string      `yaml:"name"`
		Cluster clusterPart `yaml:"cluster"`
	} `yaml:"clusters"`
	Users []struct {
		Name string   `yaml:"name"`
		User userPart `yaml:"user"`
	} `yaml:"users"`
}

type clusterPart struct {
	Server                string `yaml:"server"`
	CA                    string `yaml:"certificate-authority"`
	CAData                string `yaml:"certificate-authority-data"`
	TLSServerName         string `yaml:"tls-server-name"`
	InsecureSkipTLSVerify bool   `yaml:"insecure-skip-tls-verify"`
}

type userPart struct {
	Token     string `yaml:"token"`
	TokenFile string `yaml:"tokenFile"`
	Cert      string `yaml:"client-certificate"`
	CertData  string `yaml:"client-certificate-data"`
	Key       string `yaml:"client-key"`
	KeyData   string `yaml:"client-key-data"`
	Username  string `yaml:"username"`
	Exec      any    `yaml:"exec"`
	Provider  any    `yaml:"auth-provider"`
}

// Where a pod finds what it needs to ask its own cluster.
const serviceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

// maxConfig bounds a kubeconfig and what it names.
const maxConfig = 4 << 20

// InCluster is the access of the pod that this program runs in.
func InCluster(getenv func(string) string) (Access, error) {
	host, port := getenv("KUBERNETES_SERVICE_HOST"), getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return Access{}, errors.New("this is no pod: KUBERNETES_SERVICE_HOST is not set; name a kubeconfig")
	}
	return access("", clusterPart{Server: "https://" + net.JoinHostPort(host, port), CA: serviceAccount + "/ca.crt"}, userPart{TokenFile: serviceAccount + "/token"})
}

// FromKubeconfig is the access that a context of a kubeconfig names; the current
// one where name is empty.
func FromKubeconfig(file, name string) (Access, error) {
	data, err := readSmall(file)
	if err != nil {
		return Access{}, err
	}
	var config kubeconfig
	if err := yaml.Unmarshal(data, &config); err != nil {
		return Access{}, fmt.Errorf("reading %s: %w", file, err)
	}
	if name == "" {
		name = config.CurrentContext
	}
	cluster, user, err := config.pick(name)
	if err != nil {
		return Access{}, fmt.Errorf("reading %s: %w", file, err)
	}
	a, err := access(filepath.Dir(file), cluster, user)
	if err != nil {
		return Access{}, fmt.Errorf("reading %s: context %s: %w", file, name, err)
	}
	return a, nil
}

func (k kubeconfig) pick(name string) (cluster clusterPart, user userPart, err error) {
	for _, c := range k.Contexts {
		if c.Name != name {
			continue
		}
		found := false
		for _, one := range k.Clusters {
			if one.Name == c.Context.Cluster {
				cluster, found = one.Cluster, true
			}
		}
		if !found {
			return cluster, user, fmt.Errorf("the context %q is of the cluster %q, which is not there", name, c.Context.Cluster)
		}
		for _, one := range k.Users {
			if one.Name == c.Context.User {
				user = one.User
			}
		}
		return cluster, user, nil
	}
	return cluster, user, fmt.Errorf("there is no context %q", name)
}

// access builds a client that trusts the cluster's own authority and nothing
// else, and follows no redirect.
func access(dir string, cluster clusterPart, user userPart) (Access, error) {
	if err := refused(cluster, user); err != nil {
		return Access{}, err
	}
	settings := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: cluster.TLSServerName}
	ca, err := either(dir, cluster.CAData, cluster.CA)
	if err != nil {
		return Access{}, err
	}
	if len(ca) > 0 {
		settings.RootCAs = x509.NewCertPool()
		if !settings.RootCAs.AppendCertsFromPEM(ca) {
			return Access{}, errors.New("certificate-authority holds no certificate in PEM")
		}
	}
	if err := clientCertificate(dir, user, settings); err != nil {
		return Access{}, err
	}
	header := http.Header{"Accept": {"application/json"}}
	token, err := user.token(dir)
	if err != nil {
		return Access{}, err
	}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	client := &http.Client{Timeout: 2 * askTimeout, Transport: &http.Transport{TLSClientConfig: settings, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("the cluster's API redirects") }}
	return Access{Server: cluster.Server, Client: client, Header: header}, nil
}

func refused(cluster clusterPart, user userPart) error {
	u, err := url.Parse(cluster.Server)
	switch {
	case err != nil || u.Host == "":
		return fmt.Errorf("the server %q is no address", cluster.Server)
	case cluster.InsecureSkipTLSVerify:
		return errors.New("it turns the verification of the cluster's certificate off; give certificate-authority instead")
	case u.Scheme != "https" && !loopback(u.Hostname()):
		return fmt.Errorf("the server %s is not asked in clear text", u.Redacted())
	case user.Exec != nil || user.Provider != nil:
		return errors.New("not supported: it logs in by starting a program; give a token of a service account that may list pods")
	case user.Username != "":
		return errors.New("not supported: it logs in by name and password; give a token or a client certificate")
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func clientCertificate(dir string, user userPart, settings *tls.Config) error {
	cert, err := either(dir, user.CertData, user.Cert)
	if err != nil || len(cert) == 0 {
		return err
	}
	key, err := either(dir, user.KeyData, user.Key)
	if err != nil {
		return err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return fmt.Errorf("its client certificate: %w", err)
	}
	settings.Certificates = []tls.Certificate{pair}
	return nil
}

func (u userPart) token(dir string) (string, error) {
	if u.Token != "" || u.TokenFile == "" {
		return u.Token, nil
	}
	data, err := readSmall(beside(dir, u.TokenFile))
	return strings.TrimSpace(string(data)), err
}

// either is what stands in the file itself, or in the file that it names.
func either(dir, inline, file string) ([]byte, error) {
	if inline != "" {
		data, err := base64.StdEncoding.DecodeString(inline)
		if err != nil {
			return nil, errors.New("what should be base64 is none")
		}
		return data, nil
	}
	if file == "" {
		return nil, nil
	}
	return readSmall(beside(dir, file))
}

func beside(dir, file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(dir, file)
}

func readSmall(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", file, err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("reading %s: it is no regular file", file)
	case info.Size() > maxConfig:
		return nil, fmt.Errorf("reading %s: it has %d bytes, more than %d", file, info.Size(), maxConfig)
	}
	return os.ReadFile(file)
}
