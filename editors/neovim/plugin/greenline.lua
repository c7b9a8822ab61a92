-- Defines :Greenline. Nothing is loaded before it is used, and no server is started: see :help greenline-start.

if vim.g.loaded_greenline then
  return
end
vim.g.loaded_greenline = true

vim.api.nvim_create_user_command('Greenline', function(call)
  require('greenline.commands').run(call.fargs)
end, {
  nargs = '+',
  desc = 'Greenline: coverage, and the tests that are missing',
  complete = function(lead, line)
    return require('greenline.commands').complete(lead, line)
  end,
})
