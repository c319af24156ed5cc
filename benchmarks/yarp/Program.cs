// `yarp PORT UPSTREAM_PORT`, as the other proxies.
using System.Net;
using Yarp.ReverseProxy.Configuration;

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders(); // it would write lines for every request: none of the others does
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, int.Parse(args[0])));
var route = new RouteConfig { RouteId = "all", ClusterId = "up", Match = new RouteMatch { Path = "{**rest}" } };
var server = new DestinationConfig { Address = $"http://127.0.0.1:{args[1]}/" };
var cluster = new ClusterConfig
{
    ClusterId = "up",
    Destinations = new Dictionary<string, DestinationConfig> { ["one"] = server },
};
builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]);

var app = builder.Build();
app.MapReverseProxy();
app.Run();
